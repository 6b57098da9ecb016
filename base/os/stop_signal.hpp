#pragma once

#include "base/os/unique_fd.hpp"

#include <chrono>

namespace millrace {

/// Lets a thread wait for a file descriptor, or for a time, until another thread tells it to stop.
class stop_signal {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Throws std::system_error when there is no descriptor left.
  stop_signal();

  /// From any thread; it stays given.
  void give();
  bool is_given() const;
  /// Readable once it is given, for a caller that polls several descriptors.
  int fd() const { return given_.get(); }

  /// Blocks until poll() reports one of `events` of `fd` (none when it is negative), the signal is
  /// given or the time has come. True for the first.
  bool wait_for(int fd, short events, time_point until) const;
  void wait_until(time_point until) const { wait_for(-1, 0, until); }

 private:
  unique_fd given_;
};

}  // namespace millrace
