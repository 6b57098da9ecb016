#include "actors/status/health_rules.hpp"

#include "base/duration.hpp"
#include "base/iso8601.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace millrace::actors {
namespace {

std::string seconds(duration d) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(d).count());
}

}  // namespace

std::vector<health_reason> find_reasons(const observations& seen, const health_limits& limits) {
  using enum health_state;
  std::vector<health_reason> all;
  const auto add = [&](concern about, health_state state, std::string why) {
    all.push_back({about, state, std::move(why)});
  };
  for (const auto& [name, silence] : seen.silent_for)
    if (silence >= limits.hung_after)
      add(concern::actor, unhealthy,
          fmt::format("actor {} has not answered for {}", name, seconds(silence)));
  if (!seen.database.trouble.empty())
    add(concern::database, unhealthy, fmt::format("the database: {}", seen.database.trouble));
  else if (seen.database_silent_for >= limits.hung_after)
    add(concern::database, unhealthy,
        fmt::format("the database has not answered for {}", seconds(seen.database_silent_for)));
  if (!seen.database.held.empty())
    add(concern::locks, degraded, fmt::format("the database: {}", seen.database.held));
  if (!seen.database.horizon.empty())
    add(concern::horizon, degraded, fmt::format("the database: {}", seen.database.horizon));
  if (!has_room(seen, limits))
    add(concern::disk, unhealthy,
        fmt::format("only {} MB are free on the disk of the data directory, {} MB are needed: "
                    "nothing new is taken in",
                    seen.database.free_bytes >> 20, limits.min_free_bytes >> 20));
  const duration lag{seen.database.lag_us};
  if (lag > limits.max_lag)
    add(concern::lag, degraded,
        fmt::format("the oldest job that could run has waited for {}", seconds(lag)));
  for (const auto& one : seen.services)
    if (one.condition != pipeline::remote::service_condition::healthy)
      add(concern::service, degraded,
          fmt::format("the service {} is {} since {}: {}", one.name, to_string(one.condition),
                      to_iso8601(one.since), one.why));
  if (!seen.database.clock.empty())
    add(concern::clock, degraded, seen.database.clock);
  for (const auto& one : seen.troubles)
    add(concern::stage, degraded,
        fmt::format("{} is out of order since {}: {}", one.what, to_iso8601(one.since), one.why));
  if (limits.max_dead > 0 && seen.deaths.count >= limits.max_dead)
    add(concern::dead, degraded,
        fmt::format("{} jobs died within the last minute, {} of them at {} with {}, since {}: "
                    "`millrace replay --dead --dry-run` counts them",
                    seen.deaths.count, seen.deaths.of_these, seen.deaths.stage, seen.deaths.code,
                    to_iso8601(seen.deaths.since)));
  if (!seen.retention_trouble.empty())
    add(concern::retention, degraded,
        fmt::format("old jobs are not deleted: {}", seen.retention_trouble));
  return all;
}

health judge_health(const std::vector<health_reason>& reasons) {
  health answer;
  for (const auto& one : reasons) {
    answer.state = std::max(answer.state, one.state);
    answer.reasons.push_back(one.text);
  }
  return answer;
}

bool has_room(const observations& seen, const health_limits& limits) {
  return !seen.database.trouble.empty() || seen.database.free_bytes >= limits.min_free_bytes;
}

std::string_view to_string(health_state state) {
  constexpr std::array names{"healthy", "degraded", "unhealthy"};
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace millrace::actors
