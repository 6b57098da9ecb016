#pragma once

#include "base/os/unique_fd.hpp"
#include "storage/db/files.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace millrace::storage {

/// A file under a name of its own beside the one that it becomes, mode 0600, gone again unless it
/// got that one's name: no reader ever finds half of it. It is locked while this lives, so that
/// what a killed process has left can be told from what is being written. The caller makes the new
/// name durable with sync_folder(). All throw storage::error, which begins with `what` was being
/// done.
class temporary_file {
 public:
  temporary_file(std::filesystem::path target, std::string what);
  ~temporary_file();
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  /// Once; what was written is durable.
  void write(std::string_view bytes);

  /// Becomes the target in place of what has its name.
  void replace_target();

  /// Becomes the target unless there is one; whether it did.
  bool become_target();

 private:
  /// False when another process took the file for a leftover before it was locked.
  bool open();

  std::filesystem::path target_;
  std::string what_;
  std::filesystem::path path_;
  unique_fd fd_;
  bool gone_ = false;
};

/// Whether a file of that name is, or was, a temporary_file.
bool is_temporary_name(std::string_view name);

/// Removes the temporary file unless its writer is alive; whether it did. One of a version that did
/// not lock its files is removed when it is an hour old.
bool remove_if_left(const std::filesystem::path& file);

}  // namespace millrace::storage
