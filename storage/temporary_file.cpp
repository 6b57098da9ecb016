#include "storage/temporary_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <random>
#include <utility>

namespace millrace::storage {
namespace {

/// Tells this process from every other that may use the folder; on other machines there are
/// processes of the same id.
std::uint64_t process_name() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

}  // namespace

temporary_file::temporary_file(std::filesystem::path target, std::string what)
    : target_(std::move(target)), what_(std::move(what)) {
  static const auto process = process_name();
  static std::atomic<unsigned> counter{0};
  path_ = target_.parent_path() /
          fmt::format(".{}.{:016x}-{}.tmp", target_.filename().string(), process, ++counter);
  fd_ = unique_fd{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd_)
    throw file_error(what_, path_, errno);
}

temporary_file::~temporary_file() {
  if (!gone_)
    ::unlink(path_.c_str());
}

void temporary_file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      throw file_error(what_, path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd_.get()) != 0)
    throw file_error(what_, path_, errno);
}

void temporary_file::replace_target() {
  if (::rename(path_.c_str(), target_.c_str()) != 0)
    throw file_error(what_, target_, errno);
  gone_ = true;
}

bool temporary_file::become_target() {
  // Unlike a rename, a link never replaces what is there. The old name goes with this object.
  if (::link(path_.c_str(), target_.c_str()) == 0)
    return true;
  if (errno != EEXIST)
    throw file_error(what_, target_, errno);
  return false;
}

}  // namespace millrace::storage
