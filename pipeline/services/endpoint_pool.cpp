#include "pipeline/services/endpoint_pool.hpp"

#include "base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::pipeline::remote {
namespace {

using namespace std::chrono_literals;

/// For a service that wants fewer requests and does not say for how long.
constexpr duration default_hold = 1s;
/// Whatever it says, it is asked again after that.
constexpr duration longest_hold = 1h;
/// How long to wait for a call to end where its end is unknown.
constexpr duration look_again = 100ms;

}  // namespace

endpoint_pool::endpoint_pool(std::vector<endpoint> endpoints, endpoint_limits limits,
                             breaker_settings breaker_settings)
    : limits_(limits) {
  MILLRACE_CHECK(!endpoints.empty());
  std::stable_sort(endpoints.begin(), endpoints.end(),
                   [](const auto& a, const auto& b) { return a.priority < b.priority; });
  for (auto& one : endpoints)
    all_.push_back({.what = std::move(one),
                    .guard = breaker{breaker_settings},
                    .requests = rate_limit{limits.requests_per_second, 1s},
                    .tokens = rate_limit{limits.tokens_per_minute, 1min}});
}

std::optional<endpoint_pool::closed> endpoint_pool::obstacle(const member& at, std::int64_t tokens,
                                                             time_point now) const {
  if (const auto wait = at.guard.wait(now))
    return closed{*wait, true, at.why, at.is_denied};
  if (at.held_until > now && at.held_until - now <= longest_hold)
    return closed{at.held_until - now, true, at.why};
  if (at.in_flight >= limits_.concurrent)
    return closed{look_again, false, "as many calls are out as may be"};
  const auto wait = std::max(at.requests.wait(1, now), at.tokens.wait(tokens, now));
  if (wait > duration{0})
    return closed{wait, false, "its rate limit is reached"};
  return std::nullopt;
}

std::variant<endpoint_pool::pass, endpoint_pool::closed> endpoint_pool::choose(
    std::int64_t tokens, time_point now, std::optional<std::size_t> but_not) {
  closed soonest{longest_hold, true, {}};
  for (std::size_t begin = 0; begin < all_.size();) {
    std::vector<std::size_t> candidates;
    auto end = begin;
    for (; end < all_.size() && all_[end].what.priority == all_[begin].what.priority; ++end)
      if (end != but_not)
        candidates.push_back(end);
    auto chosen = choose_among(candidates, tokens, now);
    const auto* none = std::get_if<closed>(&chosen);
    // The next priority is for endpoints that are out, not for those that are busy.
    if (none == nullptr || !none->is_out)
      return chosen;
    if (none->wait < soonest.wait)
      soonest = *none;
    begin = end;
  }
  return but_not ? choose(tokens, now) : std::variant<pass, closed>{std::move(soonest)};
}

std::variant<endpoint_pool::pass, endpoint_pool::closed> endpoint_pool::choose_at(
    std::size_t which, std::int64_t tokens, time_point now) {
  return choose_among({which}, tokens, now);
}

std::variant<endpoint_pool::pass, endpoint_pool::closed> endpoint_pool::choose_among(
    const std::vector<std::size_t>& candidates, std::int64_t tokens, time_point now) {
  closed soonest{longest_hold, true, {}};
  member* best = nullptr;
  int weights = 0;
  for (const auto i : candidates) {
    auto& one = all_[i];
    if (auto in_the_way = obstacle(one, tokens, now)) {
      // One that is busy says that this priority is in order, whatever the others say.
      if (std::pair{in_the_way->is_out, in_the_way->wait} < std::pair{soonest.is_out, soonest.wait})
        soonest = std::move(*in_the_way);
      continue;
    }
    one.turn += one.what.weight;
    weights += one.what.weight;
    if (best == nullptr || one.turn > best->turn)
      best = &one;
  }
  if (best == nullptr)
    return soonest;
  best->turn -= weights;
  best->requests.take(1, now);
  best->tokens.take(tokens, now);
  ++best->in_flight;
  return pass{static_cast<std::size_t>(best - all_.data()), best->guard.enter(now), tokens};
}

void endpoint_pool::ended(const pass& call, const report& how, time_point now) {
  auto& at = all_[call.endpoint];
  --at.in_flight;
  if (how.tokens)
    at.tokens.take(*how.tokens - call.tokens, now);
  at.is_denied = how.what == net::verdict::denied;
  switch (how.what) {
    case net::verdict::transient:
      at.why = how.why;
      return at.guard.failed(call.by, now);
    case net::verdict::denied:
      at.why = how.why;
      return how.for_all ? at.guard.failed_for_all(call.by, now) : at.guard.failed(call.by, now);
    case net::verdict::stopped:
      return at.guard.told_nothing(call.by, now);
    case net::verdict::throttled:
      at.why = how.why;
      at.held_until = now + std::min(how.retry_after.value_or(default_hold), longest_hold);
      break;
    case net::verdict::fine:
    case net::verdict::refused:
    case net::verdict::malformed:
      break;
  }
  // It answers: that is all that its breaker asks.
  at.guard.succeeded(call.by, now);
}

std::optional<endpoint_pool::closed> endpoint_pool::outage(time_point now) const {
  closed soonest{longest_hold, true, {}};
  for (const auto& one : all_) {
    auto in_the_way = obstacle(one, 0, now);
    if (!in_the_way || !in_the_way->is_out)
      return std::nullopt;
    if (in_the_way->wait < soonest.wait)
      soonest = std::move(*in_the_way);
  }
  return soonest;
}

std::optional<endpoint_pool::closed> endpoint_pool::outage_at(std::size_t which,
                                                              time_point now) const {
  auto in_the_way = obstacle(all_[which], 0, now);
  return in_the_way && in_the_way->is_out ? std::move(in_the_way) : std::nullopt;
}

std::optional<std::size_t> endpoint_pool::find(std::string_view url) const {
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (all_[i].what.url == url)
      return i;
  return std::nullopt;
}

std::vector<endpoint_state> endpoint_pool::states() const {
  std::vector<endpoint_state> states;
  for (const auto& one : all_) {
    const bool in_order = one.guard.state() == breaker_state::closed;
    states.push_back({one.what.url, one.guard.state(), one.guard.since(), in_order ? "" : one.why});
  }
  return states;
}

}  // namespace millrace::pipeline::remote
