#include "storage/claim/claimer.hpp"

#include "base/check.hpp"
#include "base/seeded_fault.hpp"
#include "storage/db/json_list.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millrace::storage {
namespace {

/// Lanes that compete.
constexpr int lanes_at_once = 64;
/// So many times as many are looked at in one claim where the others had too few jobs.
constexpr int pages_at_most = 16;
/// Priorities that are looked at in one claim where the others had too few jobs.
constexpr int levels_at_most = 1000;
/// Jobs of a tenant that are taken before another's turn comes; a statement costs as much as some.
constexpr std::size_t smallest_turn = 16;

/// RETURNING promises no order.
void sort_by_time(std::vector<pipeline::job>& jobs, std::size_t from) {
  std::sort(jobs.begin() + static_cast<std::ptrdiff_t>(from), jobs.end(),
            [](const auto& a, const auto& b) {
              return std::tie(a.run_at, a.id) < std::tie(b.run_at, b.id);
            });
}

}  // namespace

claimer::taken claimer::take(std::int64_t runtime, std::size_t limit, stage_rooms rooms,
                             time_point now) {
  round r{.runtime = runtime, .limit = limit, .rooms = std::move(rooms), .now = now};
  const auto rollbacks_before = std::exchange(rollbacks_, on_.rollbacks());
  cursors_.begin(rollbacks_before != rollbacks_);
  at_ = {.is_keys = true};
  for (const auto& one : keys_.look(now))
    cursors_.came_back({{}, one.priority}, one.at);
  auto result = cursors_.is_sweep_due(now) ? take_in_sweep(r) : take_from_cursors(r);
  cursors_.ended(end_of(result.jobs.size(), limit));
  result.kept_back = result.kept_back || keys_.have_parked();
  if (const auto due = keys_.next_due(); due && result.jobs.size() < limit)
    result.next = std::min(result.next.value_or(*due), *due);
  return result;
}

claimer::taken claimer::take_in_sweep(round& r) {
  const bool is_whole_pass = next_lane_ == no_lane;
  for (int n = 0; n < pages_at_most; ++n) {
    if (next_lane_ == no_lane)
      pass_ = {};
    const auto before = r.jobs.size();
    cursors_.sweep(r.now, n > 0, [&] { look_at_lanes(r); });
    serve(r);
    pass_.has_found = pass_.has_found || r.jobs.size() > before;
    for (const auto& [tenant, one] : r.turns)
      if (const auto due = one.order.next_run_at())
        pass_.next = std::min(pass_.next.value_or(*due), *due);
    // Limits are held in one order only, so that no two claims wait for each other.
    if (next_lane_ == no_lane || r.jobs.size() == r.limit || limiter_.has_limits())
      break;
  }
  taken result{std::move(r.jobs), {}, r.kept_back, r.family_work, std::move(r.aside),
               r.rooms.wanting()};
  if (result.jobs.size() == r.limit)
    return result;
  const bool is_seen = next_lane_ == no_lane && (is_whole_pass || !pass_.has_found);
  result.next = is_seen && !r.is_part ? pass_.next : r.now;
  return result;
}

/// The lanes whose turn it is. Jobs without one are sorted first.
void claimer::look_at_lanes(round& r) {
  auto lanes = waiting_lanes(on_, next_lane_ - 1, lanes_at_once);
  const bool have_left_unknown = leave_unknown_lanes(lanes, r);
  if (leave_foreign_lanes(lanes, r) || have_left_unknown)
    lanes = waiting_lanes(on_, no_lane - 1, lanes_at_once);
  if (!lanes.empty() && lanes.front().id == no_lane && !is_troubled(no_lane, r.now)) {
    cursors_.found(lanes.front(), {lanes.front().priority, lanes.front().head_at()}, r.now);
    sort(r);
    lanes = waiting_lanes(on_, no_lane - 1, lanes_at_once);
    r.is_part = r.is_part && !lanes.empty() && lanes.front().id == no_lane;
  }
  next_lane_ = lanes.size() < lanes_at_once ? no_lane : lanes.back().id + 1;
  if (MILLRACE_SEEDED_FAULT("what lies behind the cursor is forgotten"))
    std::erase_if(lanes, [&](const waiting_lane& one) { return cursors_.is_behind(one); });
  for (const auto& one : lanes)
    cursors_.found(one, {one.priority, one.head_at()}, r.now);
  open_turns(std::move(lanes), r);
}

void claimer::open_turns(std::vector<waiting_lane> lanes, round& r) {
  r.turns.clear();
  r.lanes.clear();
  r.starts.clear();
  std::erase_if(lanes,
                [&](const waiting_lane& one) { return !open(one) || is_troubled(one.id, r.now); });
  at_ = {.is_limits = true};
  limiter_.look(lanes, true, r.now);
  for (const auto& one : lanes) {
    const auto lane = open(one).value();
    if (lane.head <= r.now && is_closed(lane, r))
      continue;
    r.lanes.emplace(lane.id, lane);
    add_levels(r.turns.try_emplace(lane.of.tenant, turn{{rules_.priority_ageing, r.now}, {}})
                   .first->second,
               lane, r);
  }
}

std::optional<claimer::open_lane> claimer::open(const waiting_lane& one) const {
  const auto at = stages_.find(one.of.pipeline, one.of.stage);
  if (one.is_paused || !at)
    return std::nullopt;
  return open_lane{one, {at->pipeline, at->stage}};
}

bool claimer::is_troubled(std::int64_t lane, time_point now) const {
  if (MILLRACE_SEEDED_FAULT("a lane that is refused holds up everything"))
    return std::any_of(troubled_until_.begin(), troubled_until_.end(),
                       [&](const auto& one) { return one.second > now; });
  const auto at = troubled_until_.find(lane);
  return at != troubled_until_.end() && at->second > now;
}

std::optional<pipeline::job_id> claimer::head_in_hand() {
  if (at_.lane == no_lane)
    return std::nullopt;
  const auto head = on_.prepared<std::int64_t>("head_of_level")
                        .with("lane", at_.lane)
                        .with("priority", at_.priority)
                        .with("until", to_us(at_.until))
                        .first();
  return head ? std::optional{std::get<0>(*head)} : std::nullopt;
}

bool claimer::leave_in_hand(time_point until) {
  if (at_.is_limits)
    limiter_.leave_until(until);
  else if (at_.is_keys)
    keys_.leave_until(until);
  else
    troubled_until_[at_.lane] = until;
  return at_.is_limits;
}

std::size_t claimer::room(const open_lane& lane, const round& r) const {
  return std::min(limiter_.room(lane.of), r.rooms.at(lane.place));
}

bool claimer::is_closed(const open_lane& lane, round& r) {
  const auto rooms = r.rooms.at(lane.place);
  if (rooms == 0) {
    r.rooms.left(lane.place);
    return true;
  }
  r.is_narrow = r.is_narrow || rooms < r.limit - r.jobs.size();
  const auto closed = limiter_.why_closed(lane.of);
  if (!closed)
    return false;
  r.kept_back = true;
  pass_.next = std::min(pass_.next.value_or(closed->until), closed->until);
  return true;
}

void claimer::serve(round& r) {
  std::vector<std::string> tenants;
  for (const auto& [name, unused] : r.turns)
    tenants.push_back(name);
  share_.begin(tenants);
  // What one tenant leaves of its share is shared out when the others have had their turns.
  std::size_t turns = 0;
  std::size_t fair = 0;
  while (!tenants.empty() && r.jobs.size() < r.limit) {
    if (turns == 0) {
      turns = tenants.size();
      fair = std::max((r.limit - r.jobs.size()) / turns, smallest_turn);
    }
    const auto next = next_turns(tenants, r, fair);
    turns -= std::min(turns, next.size());
    if (next.size() > 1) {
      take_together(next, r, fair);
      continue;
    }
    const auto before = r.jobs.size();
    take_from(r.turns.at(next.front()), r, fair);
    const auto got = r.jobs.size() - before;
    share_.served(next.front(), got, rules_.of_tenant(next.front()).weight);
    if (r.jobs.size() < std::min(r.limit, before + fair))
      std::erase(tenants, next.front());
  }
  at_ = {.is_limits = true};
  limiter_.write();
}

/// The tenants that are served next: one, or several of which each would get its whole share before
/// another one's next turn.
std::vector<std::string> claimer::next_turns(std::vector<std::string> tenants, const round& r,
                                             std::size_t each) const {
  std::stable_sort(tenants.begin(), tenants.end(),
                   [&](const auto& a, const auto& b) { return share_.goes_before(a, b); });
  // What is claimed of one lane may close another one.
  const auto at_most = limiter_.has_limits() || r.is_narrow ? 0 : (r.limit - r.jobs.size()) / each;
  auto share = share_;
  auto back_first = tenants.begin();
  auto end = tenants.begin();
  const auto has_due = [&] { return r.turns.at(*end).order.has_due(); };
  for (std::size_t n = 0; n < at_most && end != tenants.end() && has_due(); ++n, ++end) {
    if (n > 0 && share.goes_before(*back_first, *end))
      break;
    share.served(*end, each, rules_.of_tenant(*end).weight);
    if (share.goes_before(*end, *back_first))
      back_first = end;
  }
  tenants.erase(std::max(end, tenants.begin() + 1), tenants.end());
  return tenants;
}

/// The first step of each in one statement. What a step leaves of the share comes with later turns.
void claimer::take_together(const std::vector<std::string>& tenants, round& r, std::size_t each) {
  struct first_step {
    const std::string& tenant;
    claim_order::step what;
    std::size_t jobs = 0;
    index_place last{};
  };
  std::map<std::int64_t, first_step> of_lane;
  json_list steps;
  for (const auto& one : tenants) {
    const auto what = r.turns.at(one).order.next().value();
    json_list step;
    step.add(what.of.lane);
    step.add(what.of.priority);
    step.add(to_us(what.until));
    const auto& from = r.starts[{what.of.lane, what.of.priority}];
    step.add(from.run_at);
    step.add(from.job);
    steps.add(step);
    of_lane.emplace(what.of.lane, first_step{one, what});
    at_ = {false, false, what.of.lane, what.of.priority, what.until};
  }
  const auto before = r.jobs.size();
  on_.prepared<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
               std::string>("claim_of_lanes")
      .with("runtime", r.runtime)
      .with("steps", steps.finish())
      .with("limit", each)
      .with("now", to_us(r.now))
      .each([&](std::int64_t lane, std::int64_t id, std::int64_t epoch, std::int64_t attempt,
                std::int64_t crashes, std::int64_t run_at, const std::string& correlation_id) {
        auto& from = of_lane.at(lane);
        ++from.jobs;
        from.last = std::max(from.last, index_place{run_at, id});
        add_claimed(r, r.lanes.at(lane), from.what.of.priority,
                    {id, epoch, attempt, crashes, run_at}, correlation_id);
      });
  sort_by_time(r.jobs, before);
  for (const auto& [lane, one] : of_lane) {
    r.rooms.took(r.lanes.at(lane).place, one.jobs);
    share_.served(one.tenant, one.jobs, rules_.of_tenant(one.tenant).weight);
    if (one.jobs == 0)
      leave_lane_of_others_at(one.what, r);
    else
      claimed_until(one.what.of, one.last, one.jobs, r);
    if (one.jobs < each)
      r.turns.at(one.tenant).order.went(one.what, next_run_at(one.what, r));
  }
}

void claimer::take_from(turn& current, round& r, std::size_t at_most) {
  const auto end = r.jobs.size() + std::min(at_most, r.limit - r.jobs.size());
  take_in_order(current, r, end);
  for (int n = 0; r.jobs.size() < end && !current.unseen.empty(); ++n) {
    if (n == levels_at_most) {
      r.is_part = true;
      return;
    }
    auto& levels = current.unseen.back();
    if (const auto next = add_next_level(current, levels.lane, levels.below, r))
      levels.below = *next;
    else
      current.unseen.pop_back();
    take_in_order(current, r, end);
  }
}

void claimer::take_in_order(turn& current, round& r, std::size_t end) {
  while (r.jobs.size() < end) {
    const auto step = current.order.next();
    if (!step)
      return;
    const auto& lane = r.lanes.at(step->of.lane);
    if (is_closed(lane, r)) {
      current.order.drop(lane.id);
      std::erase_if(current.unseen, [&](const unseen_levels& one) { return one.lane == lane.id; });
      continue;
    }
    const auto before = r.jobs.size();
    const auto there = room(lane, r);
    take_step(*step, r, std::min(there, end - before));
    if (r.jobs.size() < end && r.jobs.size() - before < there)
      current.order.went(*step, next_run_at(*step, r));
  }
}

void claimer::take_step(const claim_order::step& what, round& r, std::size_t at_most) {
  const auto& lane = r.lanes.at(what.of.lane);
  const auto before = r.jobs.size();
  at_ = {false, false, what.of.lane, what.of.priority, what.until};
  const auto& from = r.starts[{what.of.lane, what.of.priority}];
  on_.prepared<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string>(
         "claim")
      .with("runtime", r.runtime)
      .with("lane", lane.id)
      .with("pipeline", lane.of.pipeline)
      .with("stage", lane.of.stage)
      .with("priority", what.of.priority)
      .with("from_run_at", from.run_at)
      .with("from_job", from.job)
      .with("until", to_us(what.until))
      .with("limit", at_most)
      .with("now", to_us(r.now))
      .each([&](std::int64_t id, std::int64_t epoch, std::int64_t attempt, std::int64_t crashes,
                std::int64_t run_at, const std::string& correlation_id) {
        add_claimed(r, lane, what.of.priority, {id, epoch, attempt, crashes, run_at},
                    correlation_id);
      });
  if (r.jobs.size() == before && at_most > 0)
    leave_lane_of_others_at(what, r);
  limiter_.took(lane.of, r.jobs.size() - before);
  r.rooms.took(lane.place, r.jobs.size() - before);
  sort_by_time(r.jobs, before);
  if (r.jobs.size() > before)
    claimed_until(what.of, {to_us(r.jobs.back().run_at), r.jobs.back().id}, r.jobs.size() - before,
                  r);
}

void claimer::add_claimed(round& r, const open_lane& lane, std::int64_t priority,
                          const claimed_row& row, const std::string& correlation_id) {
  auto& job = r.jobs.emplace_back();
  job.id = row.id;
  std::tie(job.pipeline, job.stage) = lane.place;
  job.state = pipeline::job_state::working;
  job.epoch = row.epoch;
  job.claimed_by = r.runtime;
  job.attempt = bounded_count(row.attempt);
  job.crashes = bounded_count(row.crashes);
  job.priority = static_cast<int>(priority);
  job.run_at = from_us(row.run_at);
  job.correlation_id = correlation_id;
  job.tenant = lane.of.tenant;
}

}  // namespace millrace::storage
