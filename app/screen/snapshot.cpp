#include "app/screen/snapshot.hpp"

#include <algorithm>

namespace millrace::app {

bool screen_query::operator==(const screen_query& other) const {
  return in == other.in && job == other.job && lists_as(other);
}

bool screen_query::lists_as(const screen_query& other) const {
  return jobs.state == other.jobs.state && jobs.pipeline == other.jobs.pipeline &&
         jobs.stage == other.jobs.stage;
}

std::map<std::string, int> measure_busy(const snapshot& before, const snapshot& after) {
  std::map<std::string, int> busy;
  const auto elapsed_us = (after.taken_at - before.taken_at).count();
  if (elapsed_us <= 0 || before.runtime.runtime_id != after.runtime.runtime_id)
    return busy;
  std::map<std::string, std::int64_t> earlier_us;
  for (const auto& one : before.actors.actors)
    earlier_us[one.name] = one.busy_us;
  for (const auto& one : after.actors.actors) {
    const auto at = earlier_us.find(one.name);
    // A restarted actor counts from zero.
    if (at == earlier_us.end() || one.busy_us < at->second)
      continue;
    const auto percent = (one.busy_us - at->second) * 100 / elapsed_us;
    busy[one.name] = static_cast<int>(std::min<std::int64_t>(percent, 100));
  }
  return busy;
}

}  // namespace millrace::app
