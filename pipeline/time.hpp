#pragma once

#include <chrono>
#include <cstdint>

namespace millrace::pipeline {

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
  virtual time_point now() const = 0;
};

/// The operating system's clock.
class system_clock final : public clock {
 public:
  time_point now() const override {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  }
};

}  // namespace millrace::pipeline
