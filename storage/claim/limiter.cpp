#include "storage/claim/limiter.hpp"

#include "base/seeded_fault.hpp"
#include "storage/db/json_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::storage {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t token = 1'000'000;
constexpr duration clock_difference = 5s;
/// A place at work may become free at any moment, also in another runtime, which says nothing.
constexpr duration look_again = 50ms;
/// The same where another session holds the limit, and longer than a claim does.
constexpr duration look_for_held = 250ms;

/// The tokens that are there after a time.
std::int64_t refilled(std::int64_t tokens, duration passed, const pipeline::rate& by) {
  const auto full = by.jobs * token;
  if (passed >= by.per)
    return full;
  const auto more = static_cast<double>(full) * static_cast<double>(passed.count()) /
                    static_cast<double>(by.per.count());
  return std::min(full, tokens + static_cast<std::int64_t>(more));
}

std::string stage_name(const std::string& in, const std::string& stage) {
  return fmt::format("stage:{}.{}", in, stage);
}

std::string tenant_name(const std::string& tenant) { return fmt::format("tenant:{}", tenant); }

}  // namespace

std::size_t limiter::state::room() const {
  if (is_held)
    return 0;
  auto left = std::numeric_limits<std::int64_t>::max();
  if (limit.concurrency > 0)
    left = std::max<std::int64_t>(0, limit.concurrency - at_work);
  if (limit.starts.jobs > 0)
    left = std::min(left, tokens / token);
  return static_cast<std::size_t>(left);
}

void limiter::look(std::span<const waiting_lane> lanes, bool hold, time_point now) {
  states_.clear();
  now_ = now;
  for (const auto& one : lanes)
    add_states(one.of);
  if (states_.empty()) {
    passes_by_held_ = false;
    return;
  }
  read_tokens(hold, now);
  count_work();
}

void limiter::add_states(const lane_key& at) {
  if (const auto in = pipelines_.find(at.pipeline)) {
    const auto& stages = pipelines_.at(*in).stages;
    const auto stage = pipelines_.at(*in).find_stage(at.stage);
    if (stage && stages[*stage].limit.any())
      states_.try_emplace(stage_name(at.pipeline, at.stage),
                          state{.limit = stages[*stage].limit,
                                .whose = fmt::format("stage {} of {}", at.stage, at.pipeline)});
  }
  if (const auto& limit = rules_.of_tenant(at.tenant).limit; !at.tenant.empty() && limit.any())
    states_.try_emplace(tenant_name(at.tenant),
                        state{.limit = limit, .whose = fmt::format("tenant {}", at.tenant)});
}

/// Those that are not there are being made by another session.
void limiter::take_hold(std::string_view names) {
  on_.prepared<>("open_limiters").with("limiters", names).run();
  if (on_.dialect() == dialect::sqlite)
    return;
  for (auto& [name, one] : states_)
    one.is_held = true;
  on_.prepared<std::string>(passes_by_held_ ? "lock_free_limiters" : "lock_limiters")
      .with("limiters", names)
      .each([&](const std::string& name) { states_.at(name).is_held = false; });
  if (passes_by_held_)
    passes_by_held_ = std::any_of(states_.begin(), states_.end(),
                                  [](const auto& one) { return one.second.is_held; });
}

void limiter::read_tokens(bool hold, time_point now) {
  json_list list;
  for (auto& [name, one] : states_) {
    list.add(name);
    // Holds until a claim has spent one.
    one.tokens = one.limit.starts.jobs * token;
    one.filled_at = now;
  }
  const auto names = list.finish();
  if (hold && now < left_until_) {
    for (auto& [unused, one] : states_)
      one.is_held = true;
    return;
  }
  if (hold)
    take_hold(names);
  on_.prepared<std::string, std::int64_t, std::int64_t>("read_limiters")
      .with("limiters", names)
      .each([&](const std::string& name, std::int64_t tokens, std::int64_t at) {
        auto& one = states_.at(name);
        const auto passed = now - from_us(at);
        one.tokens = refilled(tokens, std::max(passed, duration{0}), one.limit.starts);
        const bool is_difference = passed < 0s && passed >= -clock_difference;
        one.filled_at = is_difference ? from_us(at) : now;
        one.is_changed = passed < -clock_difference && !one.is_held;
      });
}

void limiter::count_work() {
  if (MILLRACE_SEEDED_FAULT("a limit counts one claim alone"))
    return;
  if (std::none_of(states_.begin(), states_.end(),
                   [](const auto& one) { return one.second.limit.concurrency > 0; }))
    return;
  const auto add = [&](const std::string& name, std::int64_t jobs) {
    if (const auto at = states_.find(name); at != states_.end())
      at->second.at_work += jobs;
  };
  on_.prepared<std::string, std::string, std::string, std::int64_t>("count_working")
      .each([&](const std::string& in, const std::string& stage, const std::string& tenant,
                std::int64_t jobs) {
        add(stage_name(in, stage), jobs);
        add(tenant_name(tenant), jobs);
      });
}

std::vector<std::string> limiter::names(const lane_key& at) const {
  std::vector<std::string> found;
  if (states_.empty())
    return found;
  for (auto& name : {stage_name(at.pipeline, at.stage), tenant_name(at.tenant)})
    if (states_.contains(name))
      found.push_back(name);
  return found;
}

std::size_t limiter::room(const lane_key& at) const {
  auto left = std::numeric_limits<std::size_t>::max();
  for (const auto& name : names(at))
    left = std::min(left, states_.at(name).room());
  return left;
}

void limiter::took(const lane_key& at, std::size_t jobs) {
  if (jobs == 0)
    return;
  for (const auto& name : names(at)) {
    auto& one = states_.at(name);
    one.at_work += static_cast<std::int64_t>(jobs);
    if (one.limit.starts.jobs == 0)
      continue;
    one.tokens -= static_cast<std::int64_t>(jobs) * token;
    one.is_changed = true;
  }
}

std::optional<limiter::closed> limiter::why_closed(const lane_key& at) const {
  for (const auto& name : names(at)) {
    const auto& one = states_.at(name);
    if (one.room() > 0)
      continue;
    if (one.is_held)
      return closed{fmt::format("another session holds the limit of {}", one.whose),
                    now_ + look_for_held};
    if (one.limit.concurrency > 0 && one.at_work >= one.limit.concurrency)
      return closed{fmt::format("{} has {} of {} jobs at work", one.whose, one.at_work,
                                one.limit.concurrency),
                    now_ + look_again};
    const auto missing = static_cast<double>(token - one.tokens) / token;
    const duration wait{
        static_cast<std::int64_t>(missing * static_cast<double>(one.limit.starts.per.count()) /
                                  static_cast<double>(one.limit.starts.jobs)) +
        1};
    return closed{fmt::format("{} has started as many jobs as {} allows", one.whose,
                              format_rate(one.limit.starts)),
                  one.filled_at + wait};
  }
  return std::nullopt;
}

void limiter::write() {
  for (auto& [name, one] : states_) {
    if (!std::exchange(one.is_changed, false) || MILLRACE_SEEDED_FAULT("tokens are not spent"))
      continue;
    on_.prepared<>("spend_tokens")
        .with("limiter", name)
        .with("tokens", one.tokens)
        .with("at", to_us(one.filled_at))
        .run();
  }
}

}  // namespace millrace::storage
