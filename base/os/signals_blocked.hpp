#pragma once

#include <csignal>

namespace millrace {

/// While it lives, none of these signals reaches this thread. A thread that is started meanwhile
/// never takes one.
class signals_blocked {
 public:
  explicit signals_blocked(const sigset_t& which) { pthread_sigmask(SIG_BLOCK, &which, &before_); }
  /// All of them.
  signals_blocked() : signals_blocked{all()} {}
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

 private:
  static sigset_t all() {
    sigset_t set;
    sigfillset(&set);
    return set;
  }

  sigset_t before_{};
};

}  // namespace millrace
