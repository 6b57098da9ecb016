#include "actors/supervision/restart_policy.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::actors {

using namespace std::chrono_literals;

std::optional<duration> restart_policy::crashed(duration now) {
  while (!crashes_.empty() && now - crashes_.front() > window_)
    crashes_.pop_front();
  if (crashes_.empty())
    wait_ = duration{0};
  crashes_.push_back(now);
  if (crashes_.size() > static_cast<std::size_t>(most_))
    return std::nullopt;
  wait_ = std::clamp<duration>(wait_ * 2, 100ms, 5s);
  return wait_;
}

}  // namespace millrace::actors
