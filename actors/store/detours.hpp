#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace millrace::actors {

/// What a write does, one after the other.
enum class duty : std::uint8_t {
  settle,
  lease,
  children,
  claim,
  rescue,
  controls,
  clean_up,
  schedules,
  commit,
};

/// Which duties of a writer are left out for a while, because another session holds a lock that
/// they need. Times are of a monotonic clock. Pure.
class detours {
 public:
  /// It met a lock: it is left out until it is its turn to try again, each time for longer.
  void hold_off(duty what, duration now);

  /// Whether it is to be tried.
  bool is_open(duty what, duration now) const;

  /// It was done: what it waited for is free.
  void passed(duty what);

  /// "retention, schedules": those that met a lock when they were tried last.
  std::string held_off() const;

 private:
  struct state {
    duration wait{0};
    duration until{0};
  };
  std::array<state, static_cast<std::size_t>(duty::commit) + 1> all_;
};

}  // namespace millrace::actors
