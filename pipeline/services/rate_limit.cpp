#include "pipeline/services/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::pipeline::remote {

rate_limit::rate_limit(std::int64_t amount, duration period)
    : capacity_(static_cast<double>(amount)), period_(period), level_(capacity_) {}

double rate_limit::level_at(time_point now) const {
  // A clock that was set back brings nothing, and takes nothing.
  const auto passed = std::max(duration{0}, now - at_);
  const auto periods = static_cast<double>(passed.count()) / static_cast<double>(period_.count());
  return std::min(capacity_, level_ + capacity_ * periods);
}

duration rate_limit::wait(std::int64_t amount, time_point now) const {
  if (capacity_ == 0)
    return duration{0};
  const auto missing = std::min(static_cast<double>(amount), capacity_) - level_at(now);
  if (missing <= 0)
    return duration{0};
  const auto us = missing / capacity_ * static_cast<double>(period_.count());
  return duration{static_cast<std::int64_t>(std::ceil(us))};
}

void rate_limit::take(std::int64_t amount, time_point now) {
  if (capacity_ == 0)
    return;
  level_ = std::min(capacity_, level_at(now) - static_cast<double>(amount));
  at_ = now;
}

}  // namespace millrace::pipeline::remote
