#pragma once

#include "base/os/unique_fd.hpp"

#include <chrono>
#include <utility>

namespace millrace::net {

/// A listening socket in a loop that polls. When the process has no file descriptor left it rests
/// for a moment: a pending connection would wake the loop for ever.
class listener {
 public:
  using clock = std::chrono::steady_clock;

  /// The socket does not block.
  explicit listener(unique_fd socket) : socket_(std::move(socket)) {}

  int socket() const { return socket_.get(); }
  /// To poll for connections; -1 while it rests.
  int fd(clock::time_point now) const { return now < rests_until_ ? -1 : socket_.get(); }
  /// When it has rested.
  clock::time_point due(clock::time_point now) const {
    return now < rests_until_ ? rests_until_ : clock::time_point::max();
  }

  /// The next connection, which does not block; empty when none waits.
  unique_fd accept(clock::time_point now);

 private:
  unique_fd socket_;
  clock::time_point rests_until_{};
};

}  // namespace millrace::net
