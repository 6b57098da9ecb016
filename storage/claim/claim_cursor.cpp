#include "storage/claim/claim_cursor.hpp"

#include "base/seeded_fault.hpp"
#include "storage/claim/level_gaps.hpp"
#include "storage/db/json_list.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;

/// A claim looks at each.
constexpr std::size_t most_levels = 512;
/// Levels that are looked up one by one.
constexpr std::size_t most_unknown = 64;
/// A sweep that takes no longer is made whenever a claim comes short.
constexpr duration cheap_sweep = 2ms;
/// Of the time, sweeps take one part at most; of a runtime that has nothing to do, `idle_parts`.
constexpr int sweep_parts = 50;
constexpr int idle_parts = 20;
/// Jobs become due in about the order in which they are committed. Where none waits, the place goes
/// no nearer to the present than that.
constexpr duration settled_after = 1s;
/// The place follows the last jobs that were claimed at that distance, for callers' clocks differ;
/// where these jobs have waited for longer than `fresh`, none is expected among them.
constexpr std::size_t jobs_behind = 1000;
constexpr duration fresh = 10s;
/// A place is set back by this much at most when a transaction ends, because each step back walks
/// over claimed rows.
constexpr duration farthest_back = 5s;
/// From one look between the levels to the next.
constexpr duration gaps_apart = 1s;

index_place long_due(time_point now) { return {to_us(now - settled_after), 0}; }

struct known_head {
  index_place at;
  bool is_paused = false;
};
/// Of the known levels where a job waits; in their order.
using known_heads = std::map<std::pair<std::int64_t, std::int64_t>, known_head>;

known_heads read_heads(connection& on, const std::string& levels) {
  known_heads heads;
  on.prepared<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>("known_levels")
      .with("levels", levels)
      .each([&](std::int64_t lane, std::int64_t priority, std::int64_t run_at, std::int64_t job,
                std::int64_t is_paused) {
        heads[{lane, ~priority}] = {{run_at, job}, is_paused != 0};
      });
  return heads;
}

template <class Levels>
std::vector<waiting_lane> lanes_of(const known_heads& heads, const Levels& known) {
  std::vector<waiting_lane> lanes;
  for (const auto& [where, head] : heads) {
    const auto priority = ~where.second;
    if (lanes.empty() || lanes.back().id != where.first)
      lanes.push_back({.id = where.first,
                       .of = known.at(where).of,
                       .priority = priority,
                       .head = from_us(head.at.run_at),
                       .head_job = head.at.job,
                       .has_lower_priorities = false,
                       .is_paused = head.is_paused,
                       .lower = {}});
    else
      lanes.back().lower.push_back({priority, head.at});
  }
  return lanes;
}

}  // namespace

claim_cursors::claim_cursors(const sweep_rules& rules)
    : is_used_(rules.monotonic != nullptr || rules.apart.count() > 0),
      apart_(rules.apart),
      pace_(rules, cheap_sweep, sweep_parts),
      gaps_pace_(rules, cheap_sweep, sweep_parts) {}

bool claim_cursors::is_sweep_due(time_point now) const {
  if (!is_used_ || must_sweep_ || !swept_at_ || (last_end_ != end::full && may_sweep(last_end_)))
    return true;
  // A clock that was set back does not make it wait.
  const bool is_apart = now < *swept_at_ || now >= *swept_at_ + apart_;
  return is_apart && pace_.rest_left().count() == 0;
}

void claim_cursors::found(const waiting_lane& in, const level_head& head, time_point now) {
  if (!is_used_)
    return;
  // Others may yet come to wait for less long than a job that waits for a later time.
  const auto seen = std::min(head.at, long_due(now));
  auto [at, is_new] =
      places_.known.try_emplace(key_of(in.id, head.priority), known_level{in.of, seen});
  auto& one = at->second;
  one.seen_by = looks_;
  one.from = std::max(std::min(one.from, head.at), seen);
  if (is_new)
    drop_oldest();
}

bool claim_cursors::is_behind(const waiting_lane& in) const {
  const auto at = places_.known.find(key_of(in.id, in.priority));
  return at != places_.known.end() && in.head_at() < at->second.from;
}

/// Those that were without a job for longest.
void claim_cursors::drop_oldest() {
  if (places_.known.size() <= most_levels)
    return;
  places_.known.erase(std::min_element(
      places_.known.begin(), places_.known.end(),
      [](const auto& a, const auto& b) { return a.second.seen_by < b.second.seen_by; }));
}

std::string claim_cursors::list() const {
  json_list all{places_.known.size() * 48};
  for (const auto& [where, one] : places_.known) {
    json_list level;
    level.add(where.first);
    level.add(~where.second);
    level.add(one.from.run_at);
    level.add(one.from.job);
    all.add(level);
  }
  return std::string{all.finish()};
}

std::vector<waiting_lane> claim_cursors::look(connection& on, time_point now) {
  ++looks_;
  find_unknown(on, now);
  if (on.dialect() == dialect::postgres && !may_sweep(end::came_short)) {
    find_late(on, now);
    find_between(on, now);
  }
  if (places_.known.empty())
    return {};
  const auto heads = read_heads(on, list());
  for (auto& [where, one] : places_.known) {
    const auto head = heads.find(where);
    const auto none_before = head == heads.end() ? long_due(now) : head->second.at;
    one.from = std::max(one.from, std::min(none_before, long_due(now)));
    if (head != heads.end())
      one.seen_by = looks_;
  }
  return lanes_of(heads, places_.known);
}

std::vector<waiting_lane> claim_cursors::waiting(connection& on) const {
  if (places_.known.empty())
    return {};
  return lanes_of(read_heads(on, list()), places_.known);
}

void claim_cursors::took(const claim_order::level& of, const index_place& before, std::size_t jobs,
                         time_point now) {
  const auto at = places_.known.find(key_of(of.lane, of.priority));
  if (at == places_.known.end())
    return;
  auto& from = at->second.from;
  auto& recent = at->second.recent;
  if (before < index_place{to_us(now - fresh), 0}) {
    from = std::max(from, before);
    recent.clear();
    return;
  }
  // A claim from a place that was set back ends before those.
  while (!recent.empty() && recent.back().first >= before)
    recent.pop_back();
  recent.emplace_back(before, jobs);
  auto behind = std::accumulate(recent.begin(), recent.end(), std::size_t{0},
                                [](auto sum, const auto& claim) { return sum + claim.second; });
  while (behind - recent.front().second >= jobs_behind) {
    behind -= recent.front().second;
    from = std::max(from, recent.front().first);
    recent.erase(recent.begin());
  }
}

void claim_cursors::came_back(const level_of_jobs& to, const index_place& at) {
  if (!has_places() || MILLRACE_SEEDED_FAULT("what lies behind the cursor is forgotten"))
    return;
  const auto& lane = to.lane;
  bool is_known = false;
  for (auto& [where, one] : places_.known)
    if (~where.second == to.priority && one.of.pipeline == lane.pipeline &&
        one.of.stage == lane.stage && (lane.tenant.empty() || one.of.tenant == lane.tenant)) {
      one.from = std::min(one.from, at);
      is_known = true;
    }
  if (is_known)
    return;
  // A sweep finds the rest.
  if (places_.unknown.size() == most_unknown)
    return;
  auto& from = places_.unknown.try_emplace(to, at).first->second;
  from = std::min(from, at);
}

/// Without a lane it waits to be sorted.
void claim_cursors::find_unknown(connection& on, time_point now) {
  for (const auto& [level, from] : places_.unknown) {
    const auto lane = on.prepared<std::int64_t>("find_lane")
                          .with("pipeline", level.lane.pipeline)
                          .with("stage", level.lane.stage)
                          .with("tenant", level.lane.tenant)
                          .first();
    auto& one = places_.known
                    .try_emplace(key_of(lane ? std::get<0>(*lane) : no_lane, level.priority),
                                 known_level{lane ? level.lane : lane_key{}, long_due(now)})
                    .first->second;
    one.from = std::min(one.from, from);
    one.seen_by = looks_;
    drop_oldest();
  }
  places_.unknown.clear();
}

/// Jobs of transactions that have ended since.
void claim_cursors::find_late(connection& on, time_point now) {
  const auto first = writes_.look(on, now);
  if (!first)
    return;
  const auto to = std::max(*first, now - farthest_back);
  late_from_ = std::min(late_from_.value_or(to), to);
  set_back(to);
}

/// Levels that are new.
void claim_cursors::find_between(connection& on, time_point now) {
  if (until_gaps(now).count() > 0)
    return;
  std::vector<claim_order::level> known;
  for (const auto& [where, unused] : places_.known)
    known.push_back({where.first, ~where.second});
  const auto lanes = gaps_pace_.measure([&] { return first_between(on, known); });
  for (const auto& one : lanes)
    found(one, {one.priority, one.head_at()}, now);
  // There may be more.
  if (lanes.empty())
    gaps_looked_at_ = now;
}

duration claim_cursors::until_gaps(time_point now) const {
  const bool is_soon =
      gaps_looked_at_ && now >= *gaps_looked_at_ && now < *gaps_looked_at_ + gaps_apart;
  return std::max(gaps_pace_.wait(), is_soon ? *gaps_looked_at_ + gaps_apart - now : duration{0});
}

duration claim_cursors::until_sweep(end of) const {
  return pace_.wait(of == end::empty ? idle_parts : sweep_parts);
}

duration claim_cursors::until_look(end of, time_point now) const {
  const auto sweep = until_sweep(of);
  return gaps_looked_at_ ? std::min(sweep, until_gaps(now)) : sweep;
}

void claim_cursors::set_back(time_point to) {
  const index_place first{to_us(to), 0};
  for (auto& [unused, one] : places_.known)
    one.from = std::min(one.from, first);
}

void claim_cursors::begin(bool was_rolled_back) {
  if (was_rolled_back) {
    places_ = places_before_;
    if (late_from_)
      set_back(*late_from_);
  }
  places_before_ = places_;
  late_from_.reset();
}

}  // namespace millrace::storage
