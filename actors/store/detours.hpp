#pragma once

#include "actors/store/duty.hpp"
#include "base/time.hpp"

#include <array>
#include <string>

namespace millrace::actors {

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
  std::array<state, duty_count> all_;
};

}  // namespace millrace::actors
