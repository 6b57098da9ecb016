#pragma once

#include <chrono>
#include <memory>

namespace millrace::storage {

/// Ends a wait for a network that has gone silent. libpq waits for an answer for as long as it
/// takes; while a guard is armed for longer than its patience, the socket is shut down, and the
/// wait ends with a failure of the connection. One thread looks after all guards of the process.
class stall_guard {
 public:
  /// The socket must stay open for as long as the guard lives.
  stall_guard(int socket, std::chrono::milliseconds patience);
  ~stall_guard();
  stall_guard(const stall_guard&) = delete;
  stall_guard& operator=(const stall_guard&) = delete;

  std::chrono::milliseconds patience() const;

  /// Once `patience` is over, the sockets of all guards of the process are shut down, armed or not,
  /// and so are those of guards made after that, for as long as it lives: nothing waits for a
  /// database that is given up. For a process that ends.
  class last_wait {
   public:
    explicit last_wait(std::chrono::milliseconds patience);
    ~last_wait();
    last_wait(const last_wait&) = delete;
    last_wait& operator=(const last_wait&) = delete;

   private:
    std::chrono::steady_clock::time_point end_;
  };

  /// Patience was at an end: the connection is of no use any more.
  bool has_fired() const;

  /// Armed for as long as it lives. A null guard is never armed.
  class armed {
   public:
    explicit armed(stall_guard* guard);
    ~armed();
    armed(const armed&) = delete;
    armed& operator=(const armed&) = delete;

   private:
    stall_guard* guard_;
  };

 private:
  class watch;
  struct state;
  static watch& everybody();
  std::shared_ptr<state> state_;
};

}  // namespace millrace::storage
