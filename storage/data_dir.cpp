#include "storage/data_dir.hpp"

#include "storage/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace millrace::storage {
namespace {

constexpr auto locking = "cannot lock the data directory";

std::string read_pid(int fd) {
  std::array<char, 32> text{};
  const auto size = ::pread(fd, text.data(), text.size(), 0);
  std::string pid{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  while (!pid.empty() && pid.back() == '\n')
    pid.pop_back();
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

void make_data_dir(const std::filesystem::path& dir) { make_private_folders(dir); }

runtime_lock::runtime_lock(const std::filesystem::path& data_dir) {
  const auto path = data_dir / "runtime.lock";
  unique_fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!fd)
    throw file_error(locking, path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      throw file_error(locking, path, errno);
    throw error{
        error_kind::permanent, locking,
        fmt::format("another runtime (pid {}) uses {}", read_pid(fd.get()), data_dir.string()),
        "stop it, or give this one a runtime.data_dir of its own"};
  }
  const auto pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
    throw file_error(locking, path, errno);
  fd_ = std::move(fd);
}

runtime_lock::~runtime_lock() = default;

}  // namespace millrace::storage
