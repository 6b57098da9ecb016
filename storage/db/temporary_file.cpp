#include "storage/db/temporary_file.hpp"

#include "base/os/give_to_folder_owner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <utility>

namespace millrace::storage {
namespace {

constexpr std::string_view locked_ending = ".part";
/// Of a version that did not lock them.
constexpr std::string_view old_ending = ".tmp";

/// Tells this process from every other that may use the folder; on other machines there are
/// processes of the same id.
std::uint64_t random_number() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

}  // namespace

temporary_file::temporary_file(std::filesystem::path target, std::string what)
    : target_(std::move(target)), what_(std::move(what)) {
  while (!open()) {
  }
}

bool temporary_file::open() {
  static const auto process = random_number();
  static std::atomic<unsigned> counter{0};
  path_ = target_.parent_path() / fmt::format(".{}.{:016x}-{}{}", target_.filename().string(),
                                              process, ++counter, locked_ending);
  fd_ = unique_fd{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd_)
    throw file_error(what_, path_, errno);
  give_to_folder_owner(fd_.get(), path_);
  // Where there are no locks, nothing is ever taken for a leftover.
  ::flock(fd_.get(), LOCK_EX | LOCK_NB);
  struct stat about {};
  return ::fstat(fd_.get(), &about) != 0 || about.st_nlink > 0;
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

bool is_temporary_name(std::string_view name) {
  return name.size() > 1 && name.front() == '.' &&
         (name.ends_with(locked_ending) || name.ends_with(old_ending));
}

bool remove_if_left(const std::filesystem::path& file) {
  const unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode) ||
      ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return false;
  constexpr std::time_t an_hour = 3600;
  if (file.native().ends_with(old_ending) && std::time(nullptr) - about.st_mtime < an_hour)
    return false;
  return ::unlink(file.c_str()) == 0;
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
