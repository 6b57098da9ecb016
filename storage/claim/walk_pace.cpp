#include "storage/claim/walk_pace.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::storage {

pipeline::duration monotonic_now() {
  return std::chrono::duration_cast<pipeline::duration>(
      std::chrono::steady_clock::now().time_since_epoch());
}

pipeline::duration walk_pace::rest_left(int parts) const {
  return std::max(pipeline::duration{0}, end_ + (parts - 1) * cost_ - time());
}

void walk_pace::took(pipeline::duration since, bool goes_on) {
  end_ = time();
  cost_ = end_ - since + (goes_on ? cost_ : pipeline::duration{0});
}

}  // namespace millrace::storage
