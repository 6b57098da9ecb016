#pragma once

#include "base/os/files.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>

namespace millrace::actors {

/// The address of a Unix-domain socket. A path has no more room in it than 107 bytes; a longer one
/// is named through the folder's file descriptor, which lives as long as this.
class local_address {
 public:
  /// Throws storage::error when the folder cannot be opened or the file's own name is too long.
  explicit local_address(const std::filesystem::path& path);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof(address_); }

 private:
  storage::unique_fd folder_;
  sockaddr_un address_{};
};

}  // namespace millrace::actors
