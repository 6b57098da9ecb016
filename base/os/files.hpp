#pragma once

#include "storage/db/error.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

namespace millrace::storage {

/// A file descriptor that closes itself.
class unique_fd {
 public:
  explicit unique_fd(int fd = -1) : fd_(fd) {}
  ~unique_fd();
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  /// The caller closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// The error for a failed system call on a path: `full` when there is no room, else `permanent`.
error file_error(std::string_view what, const std::filesystem::path& path, int error_number);

/// Makes the folder and its parents, mode 0700; one that exists stays as it is.
void make_private_folders(const std::filesystem::path& folder);

/// Makes durable which names a folder has.
void sync_folder(const std::filesystem::path& folder);

}  // namespace millrace::storage
