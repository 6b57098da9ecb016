#include "actors/store/detours.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

constexpr duration shortest_wait = 1s;
constexpr duration longest_wait = 8s;

std::size_t index_of(duty what) { return static_cast<std::size_t>(what); }

}  // namespace

void detours::hold_off(duty what, duration now) {
  auto& one = all_.at(index_of(what));
  one.wait = std::clamp(one.wait * 2, shortest_wait, longest_wait);
  one.until = now + one.wait;
}

bool detours::is_open(duty what, duration now) const {
  return all_.at(index_of(what)).until <= now;
}

void detours::passed(duty what) { all_.at(index_of(what)) = {}; }

std::string detours::held_off() const {
  std::string list;
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (all_.at(i).wait.count() > 0)
      list += (list.empty() ? "" : ", ") + std::string{to_string(static_cast<duty>(i))};
  return list;
}

}  // namespace millrace::actors
