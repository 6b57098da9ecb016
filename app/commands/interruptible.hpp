#pragma once

namespace millrace::app {

/// While it lives, Ctrl-C and SIGTERM do not end the process: the command asks whether one came,
/// and ends in its own way. One at a time.
class interruptible {
 public:
  interruptible();
  ~interruptible();
  interruptible(const interruptible&) = delete;
  interruptible& operator=(const interruptible&) = delete;

  bool is_interrupted() const;
};

}  // namespace millrace::app
