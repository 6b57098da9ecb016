#include "storage/runtimes/data_dir.hpp"

#include "storage/db/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <string>

namespace millrace::storage {
namespace {

/// What the holder of a lock wrote into it: its pid and, of a database, its data directory.
struct lock_holder {
  std::string pid{"unknown"};
  std::string data_dir;
};

lock_holder read_holder(int fd) {
  std::array<char, 4096> text{};
  const auto size = ::pread(fd, text.data(), text.size(), 0);
  std::istringstream lines{std::string{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0}};
  lock_holder found;
  std::string pid;
  if (std::getline(lines, pid) && !pid.empty())
    found.pid = pid;
  std::getline(lines, found.data_dir);
  return found;
}

/// Locks the file for this process, which is said in it. `refuse` answers what to say when another
/// has it.
template <class Refuse>
unique_fd lock(const char* doing, const std::filesystem::path& path, const std::string& text,
               Refuse refuse) {
  unique_fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!fd)
    throw file_error(doing, path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      throw file_error(doing, path, errno);
    throw refuse(read_holder(fd.get()));
  }
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), text.data(), text.size(), 0) < 0)
    throw file_error(doing, path, errno);
  return fd;
}

}  // namespace

void make_data_dir(const std::filesystem::path& dir) { make_private_folders(dir); }

runtime_lock::runtime_lock(const std::filesystem::path& data_dir) {
  constexpr auto locking = "cannot lock the data directory";
  fd_ = lock(locking, data_dir / "runtime.lock", fmt::format("{}\n", ::getpid()),
             [&](const lock_holder& holder) {
               return error{
                   error_kind::permanent, locking,
                   fmt::format("another runtime (pid {}) uses {}", holder.pid, data_dir.string()),
                   "stop it, or give this one a runtime.data_dir of its own"};
             });
}

database_lock::database_lock(const std::filesystem::path& database,
                             const std::filesystem::path& data_dir) {
  constexpr auto locking = "cannot lock the database";
  const auto real = std::filesystem::weakly_canonical(database);
  // What is wrong with the path is said when the database is opened.
  if (!std::filesystem::is_directory(real.parent_path()))
    return;
  const auto own =
      fmt::format("{}\n{}\n", ::getpid(), std::filesystem::absolute(data_dir).string());
  fd_ = lock(locking, real.string() + ".lock", own, [&](const lock_holder& holder) {
    return error{
        error_kind::permanent, locking,
        fmt::format("another runtime (pid {}, data directory {}) uses {}", holder.pid,
                    holder.data_dir, real.string()),
        "stop it, or give this one a storage.url of its own; several runtimes share a PostgreSQL "
        "database"};
  });
}

database_lock::~database_lock() = default;

runtime_lock::~runtime_lock() = default;

}  // namespace millrace::storage
