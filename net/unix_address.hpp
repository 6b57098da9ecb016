#pragma once

#include "base/error.hpp"
#include "base/os/unique_fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <string_view>

namespace millrace::net {

/// The address of a Unix-domain socket. It has room for a path of 107 bytes; a longer one is named
/// through the folder's file descriptor, which lives as long as this.
class local_address {
 public:
  /// Throws error when the folder cannot be opened or the file's own name is too long.
  explicit local_address(const std::filesystem::path& path);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof(address_); }

 private:
  unique_fd folder_;
  sockaddr_un address_{};
};

/// The error of a failed system call on a socket that has a path.
error socket_error(std::string_view what, const std::filesystem::path& path, int error_number);

}  // namespace millrace::net
