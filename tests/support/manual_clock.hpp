#pragma once

#include "base/time.hpp"

namespace millrace::tests {

/// A clock that the test sets: time passes on both, and a step changes the time of day only.
class manual_clock final : public pipeline::clock {
 public:
  pipeline::time_point now() const override { return now_; }
  pipeline::duration monotonic() const override { return passed_; }
  void advance(pipeline::duration by) {
    now_ += by;
    passed_ += by;
  }
  void step(pipeline::duration by) { now_ += by; }

 private:
  pipeline::time_point now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  pipeline::duration passed_{0};
};

}  // namespace millrace::tests
