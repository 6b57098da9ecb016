#include "storage/claim/claimer.hpp"

#include <algorithm>

/// The priorities of lanes.
namespace millrace::storage {
namespace {

/// Priorities of a lane that compete in one claim: so many of the highest, and so many of the
/// others in turn.
constexpr int levels_at_once = 16;

}  // namespace

/// Where there are more priorities than can compete at once, the lower ones have their turn, so
/// that what has waited there for long is found.
void claimer::add_levels(turn& to, const waiting_lane& of, round& r) {
  add_level(to, of, {of.priority, of.head_at()}, r);
  for (const auto& one : of.lower)
    add_level(to, of, one, r);
  if (!of.has_lower_priorities)
    return;
  std::optional<std::int64_t> below = of.priority;
  for (int n = 1; below && n < levels_at_once; ++n)
    below = add_next_level(to, of.id, *below, r);
  if (!below)
    return;
  to.unseen.push_back({of.id, *below});
  if (rules_.priority_ageing.count() == 0)
    return;
  auto& in_turn = level_in_turn_.try_emplace(of.id, *below).first->second;
  in_turn = std::min(in_turn, *below);
  for (int n = 0; n < levels_at_once; ++n) {
    const auto next = add_next_level(to, of.id, in_turn, r);
    if (!next) {
      level_in_turn_.erase(of.id);
      return;
    }
    in_turn = *next;
  }
}

std::optional<std::int64_t> claimer::add_next_level(turn& to, std::int64_t lane, std::int64_t below,
                                                    round& r) {
  const auto next = next_level(on_, lane, below);
  if (!next)
    return std::nullopt;
  const auto& of = r.lanes.at(lane);
  cursors_.found(of, *next, r.now);
  if (!to.order.knows({lane, next->priority}))
    add_level(to, of, *next, r);
  return next->priority;
}

void claimer::add_level(turn& to, const waiting_lane& of, const level_head& head, round& r) {
  to.order.add({of.id, head.priority}, from_us(head.at.run_at));
  r.starts[{of.id, head.priority}] = head.at;
}

/// When the first job of the level is due that the step did not reach.
std::optional<time_point> claimer::next_run_at(const claim_order::step& what, round& r) {
  const auto after = to_us(what.until);
  const auto next = on_.prepared<std::int64_t>("next_run_at")
                        .with("lane", what.of.lane)
                        .with("priority", what.of.priority)
                        .with("after", after)
                        .first();
  // Later, or there would be no end.
  if (!next || std::get<0>(*next) <= after)
    return std::nullopt;
  r.starts[{what.of.lane, what.of.priority}] = {.run_at = std::get<0>(*next)};
  return from_us(std::get<0>(*next));
}

std::optional<time_point> claimer::oldest_waiting(time_point now) {
  std::optional<time_point> oldest;
  const auto look_at = [&](std::int64_t lane, const level_head& level) {
    const auto since = std::get<0>(on_.prepared<std::int64_t>("waiting_since")
                                       .with("lane", lane)
                                       .with("priority", level.priority)
                                       .with("from_run_at", level.at.run_at)
                                       .with("from_job", level.at.job)
                                       .with("now", to_us(now))
                                       .first()
                                       .value());
    if (since != 0)
      oldest = std::min(oldest.value_or(now), from_us(since));
  };
  if (!cursors_.may_sweep(claim_cursors::end::came_short)) {
    for (const auto& lane : cursors_.waiting(on_))
      if (open(lane)) {
        look_at(lane.id, {lane.priority, lane.head_at()});
        for (const auto& lower : lane.lower)
          look_at(lane.id, lower);
      }
    return oldest;
  }
  each_waiting_lane(on_, [&](const waiting_lane& lane) {
    if (!open(lane))
      return true;
    each_priority(on_, lane, [&](std::int64_t priority) {
      look_at(lane.id, {priority, {}});
      return true;
    });
    return true;
  });
  return oldest;
}

}  // namespace millrace::storage
