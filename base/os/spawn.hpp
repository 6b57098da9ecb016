#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What it takes to start a process and to talk to it.
namespace millrace::pipeline {

/// Closes the descriptor that it holds.
class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  ~descriptor() { reset(); }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_;
};

struct pipe_ends {
  descriptor read;
  descriptor write;
};

/// A pipe; no program that is started gets an end of it by chance. Throws std::system_error.
pipe_ends make_pipe();

/// From now on reading and writing there do not wait.
void set_nonblocking(const descriptor& what);

/// As write(2), but a reader that is gone is EPIPE and no signal, whatever the process does with
/// SIGPIPE.
ssize_t write_quietly(const descriptor& to, std::string_view bytes);

/// A time to wait for poll(2), never too short.
int milliseconds_until(std::chrono::steady_clock::time_point deadline);

struct program {
  /// The program (a path, or a name that is looked up in PATH) and its arguments. No shell.
  std::vector<std::string> argv;
  /// NAME=VALUE; nothing for the environment of this process.
  std::optional<std::vector<std::string>> environment{};
};

struct spawned {
  /// Of the process, which leads a group of its own; -1 when it never ran.
  pid_t pid = -1;
  /// Why it never ran, an errno.
  int failure = 0;
};

/// Starts the program with these descriptors as its standard input, output and error, and no other
/// of ours, with a clean signal mask. It is killed when the thread that calls this ends, also
/// with the whole process.
spawned spawn(const program& what, const descriptor& in, const descriptor& out,
              const descriptor& err);

/// A descriptor that becomes readable when the process ends. Throws std::system_error.
descriptor watch_process(pid_t pid);

/// Kills what is left of the process's group, waits for the process, and answers its status as
/// waitpid(2) does.
int reap(pid_t pid);

}  // namespace millrace::pipeline
