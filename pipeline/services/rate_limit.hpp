#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace millrace::pipeline::remote {

/// So much in a period, as a bucket that fills evenly and holds what one period brings. Pure: the
/// caller says what time it is.
class rate_limit {
 public:
  /// An amount of 0 means that there is no limit.
  rate_limit(std::int64_t amount, duration period);

  /// How long until so much may be taken; 0 for now. What is more than the bucket holds may be
  /// taken when it is full, and leaves it in debt.
  duration wait(std::int64_t amount, time_point now) const;

  /// Takes so much, whether it is there or not; gives back what is negative.
  void take(std::int64_t amount, time_point now);

 private:
  double level_at(time_point now) const;

  double capacity_;
  duration period_;
  double level_;
  time_point at_{};
};

}  // namespace millrace::pipeline::remote
