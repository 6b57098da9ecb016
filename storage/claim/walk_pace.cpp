#include "storage/claim/walk_pace.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::storage {

duration monotonic_now() {
  return std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch());
}

duration walk_pace::rest_left(int parts) const {
  return std::max(duration{0}, end_ + (parts - 1) * cost_ - time());
}

void walk_pace::took(duration since, bool goes_on) {
  end_ = time();
  cost_ = end_ - since + (goes_on ? cost_ : duration{0});
}

}  // namespace millrace::storage
