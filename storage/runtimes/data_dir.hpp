#pragma once

#include "base/os/unique_fd.hpp"
#include "storage/db/files.hpp"

#include <filesystem>

namespace millrace::storage {

/// Makes the data directory, mode 0700, with its parents; one that exists keeps its mode. Throws
/// storage::error.
void make_data_dir(const std::filesystem::path& dir);

/// The lock of a data directory: one runtime at a time. Held until destroyed, and dropped by the
/// kernel when the process dies.
class runtime_lock {
 public:
  /// Throws storage::error that names the holder's pid when another process has it.
  explicit runtime_lock(const std::filesystem::path& data_dir);
  ~runtime_lock();
  runtime_lock(const runtime_lock&) = delete;
  runtime_lock& operator=(const runtime_lock&) = delete;

 private:
  unique_fd fd_;
};

/// The lock of a SQLite database, whichever name leads to it: one runtime at a time, for a second
/// one would take the first for dead. It is a file beside the database, since to open and close the
/// database itself would drop SQLite's own locks. Held until destroyed.
class database_lock {
 public:
  /// Throws storage::error that names the holder's pid and data directory when another process has
  /// it.
  database_lock(const std::filesystem::path& database, const std::filesystem::path& data_dir);
  ~database_lock();
  database_lock(const database_lock&) = delete;
  database_lock& operator=(const database_lock&) = delete;

 private:
  unique_fd fd_;
};

}  // namespace millrace::storage
