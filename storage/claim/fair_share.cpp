#include "storage/claim/fair_share.hpp"

#include <algorithm>
#include <limits>

namespace millrace::storage {

void fair_share::begin(const std::vector<std::string>& tenants) {
  std::erase_if(served_, [&](const auto& one) { return one.second <= present_; });
  auto least = std::numeric_limits<double>::max();
  for (const auto& one : tenants)
    least = std::min(least, served_.try_emplace(one, present_).first->second);
  if (!tenants.empty())
    present_ = least;
}

}  // namespace millrace::storage
