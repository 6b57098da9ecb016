#pragma once

#include "pipeline/time.hpp"

namespace millrace::tests {

/// A clock that the test sets.
class manual_clock final : public pipeline::clock {
 public:
  pipeline::time_point now() const override { return now_; }
  void advance(pipeline::duration by) { now_ += by; }

 private:
  pipeline::time_point now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
};

}  // namespace millrace::tests
