#pragma once

#include <time.h>

#include <chrono>
#include <cstdint>

namespace millrace {

/// Durations and instants have the database's resolution: microseconds.
using duration = std::chrono::microseconds;

/// An instant, UTC.
using time_point = std::chrono::sys_time<duration>;

/// Microseconds since the epoch, as the database stores an instant.
constexpr std::int64_t to_us(time_point t) { return t.time_since_epoch().count(); }

/// The instant that the database stores as `us`.
constexpr time_point from_us(std::int64_t us) { return time_point{duration{us}}; }

/// Where the time comes from. Nothing else in millrace asks the operating system for wall time, so
/// that a test can be its own clock.
class clock {
 public:
  virtual ~clock() = default;
  /// The time of day. It can be wrong, differ from that of other machines, and be set at any
  /// moment.
  virtual time_point now() const = 0;
  /// Since a moment of this machine that never changes: it only moves forward, at one speed, also
  /// while the machine sleeps. For what must be measured, not dated.
  virtual duration monotonic() const = 0;
  /// now() for what cannot be undone, such as deleting what is old: a time that leapt forward a
  /// short while ago may be wrong.
  virtual time_point cautious() const { return now(); }
};

/// The operating system's clocks.
class system_clock final : public clock {
 public:
  time_point now() const override {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  }
  duration monotonic() const override {
    timespec at{};
    ::clock_gettime(CLOCK_BOOTTIME, &at);
    return std::chrono::seconds{at.tv_sec} +
           std::chrono::duration_cast<duration>(std::chrono::nanoseconds{at.tv_nsec});
  }
};

}  // namespace millrace
