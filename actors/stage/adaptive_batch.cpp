#include "actors/stage/adaptive_batch.hpp"

#include <algorithm>
#include <cstdint>

namespace millrace::actors {

batch_size::batch_size(int most, duration target)
    : most_{most}, target_{target}, size_{target.count() > 0 ? 1 : most} {}

void batch_size::learn(int jobs, duration took) {
  if (target_.count() == 0)
    return;
  if (took > target_) {
    const auto fitting = std::int64_t{jobs} * target_.count() / took.count();
    size_ = static_cast<int>(std::clamp<std::int64_t>(fitting, 1, size_));
  } else if (jobs >= size_) {
    size_ = std::min(most_, 2 * size_);
  }
}

}  // namespace millrace::actors
