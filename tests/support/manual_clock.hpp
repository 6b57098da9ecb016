#pragma once

#include "base/time.hpp"

namespace millrace::tests {

/// A clock that the test sets: time passes on both, and a step changes the time of day only.
class manual_clock final : public millrace::clock {
 public:
  time_point now() const override { return now_; }
  duration monotonic() const override { return passed_; }
  void advance(duration by) {
    now_ += by;
    passed_ += by;
  }
  void step(duration by) { now_ += by; }

 private:
  time_point now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  duration passed_{0};
};

}  // namespace millrace::tests
