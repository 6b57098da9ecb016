#pragma once

#include <cstdint>
#include <string>

namespace millrace {

/// Waits for signals and for another thread at once. SIGTERM, SIGINT and, unless the process was
/// told to ignore it (nohup), SIGHUP are blocked in the thread that makes it and in every thread
/// started after it. They stay blocked when it is gone: a process
/// that is asked to stop once more, while it ends, has been stopped well.
class signal_waiter {
 public:
  signal_waiter();
  ~signal_waiter();
  signal_waiter(const signal_waiter&) = delete;
  signal_waiter& operator=(const signal_waiter&) = delete;

  enum class woken_by : std::uint8_t { signal, notification, timeout };

  /// Blocks until a signal comes or another thread calls notify(), and no longer than the time
  /// where that is not negative.
  woken_by wait(int timeout_ms = -1);

  /// Whether the signal that came last asks to read the settings again: it is a SIGHUP, and not
  /// because the terminal was closed from which the process was started.
  bool is_reload() const;

  /// The signal that came last: "SIGTERM".
  std::string last_signal() const;

  /// Wakes the waiting thread, now or when it waits next. From any thread.
  void notify();

 private:
  const bool had_terminal_;
  int last_ = 0;
  int signals_;
  int notification_;
};

}  // namespace millrace
