#pragma once

#include <sys/types.h>

#include <string_view>
#include <utility>

namespace millrace {

/// A file descriptor that closes itself.
class unique_fd {
 public:
  explicit unique_fd(int fd = -1) : fd_(fd) {}
  ~unique_fd() { reset(); }
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  /// Closes it now.
  void reset();
  /// The caller closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct pipe_ends {
  unique_fd read;
  unique_fd write;
};

/// A pipe; no program that is started gets an end of it by chance. Throws std::system_error.
pipe_ends make_pipe();

/// From now on reading and writing there do not wait.
void set_nonblocking(const unique_fd& what);

/// As write(2), but a reader that is gone is EPIPE and no signal, whatever the process does with
/// SIGPIPE.
ssize_t write_quietly(const unique_fd& to, std::string_view bytes);

/// A descriptor that becomes readable when another thread says so. Throws std::system_error.
unique_fd make_eventfd();

}  // namespace millrace
