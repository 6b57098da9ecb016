#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// The service manager that started this process (systemd, Type=notify), which is told how it
/// fares over the datagram socket that NOTIFY_SOCKET names, a path or an abstract name (`@`).
/// Without the variable nothing is told. From any thread.
class service_manager {
 public:
  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of this process.
  service_manager();

  /// Whether there is one.
  explicit operator bool() const { return !socket_.empty(); }

  /// Within what time it wants to hear WATCHDOG=1 again; nothing where it does not care.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

  /// Sends the lines (`READY=1`, sd_notify(3)). False when they cannot be delivered; never waits.
  bool tell(std::string_view lines) const;

 private:
  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_;
};

/// The lines that begin a reload at that time of the monotonic clock.
std::string reloading_lines(std::chrono::steady_clock::time_point now);

}  // namespace millrace
