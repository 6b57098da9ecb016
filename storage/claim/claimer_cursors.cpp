#include "base/seeded_fault.hpp"
#include "storage/claim/claimer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// Claims that go on where the claims before have come to.
namespace millrace::storage {
namespace {

/// Until jobs are looked at again that could not be sorted.
constexpr duration sort_again = std::chrono::seconds{1};
/// Where another transaction gave places of keys.
constexpr duration place_again = std::chrono::milliseconds{50};

}  // namespace

claim_cursors::end claimer::end_of(std::size_t jobs, std::size_t limit) {
  return jobs == limit ? claim_cursors::end::full
         : jobs > 0    ? claim_cursors::end::came_short
                       : claim_cursors::end::empty;
}

/// Claims from where the claims before have come to. What this leaves of the limit is taken in a
/// sweep, if the time for one has come.
claimer::taken claimer::take_from_cursors(round& r) {
  const auto pass_before = std::exchange(pass_, {});
  look_at_known(r);
  serve(r);
  auto next = std::exchange(pass_, pass_before).next;
  const auto end = end_of(r.jobs.size(), r.limit);
  // Limits are held in one order only: another claim looks at other lanes.
  if (end != claim_cursors::end::full && cursors_.may_sweep(end) && !limiter_.has_limits()) {
    r.is_part = false;
    return take_in_sweep(r);
  }
  taken result{std::move(r.jobs), {}, r.kept_back, r.family_work, std::move(r.aside),
               r.rooms.wanting()};
  if (end == claim_cursors::end::full)
    return result;
  if (cursors_.may_sweep(end))
    cursors_.sweep_next();
  for (const auto& [tenant, one] : r.turns)
    if (const auto due = one.order.next_run_at())
      next = std::min(next.value_or(*due), *due);
  const auto look = r.now + cursors_.until_look(end, r.now);
  result.next = r.is_part ? r.now : std::min(next.value_or(look), look);
  return result;
}

void claimer::look_at_known(round& r) {
  auto lanes = cursors_.look(on_, r.now);
  if (!lanes.empty() && lanes.front().id == no_lane && !is_troubled(no_lane, r.now)) {
    const auto unsorted = std::move(lanes.front());
    sort(r, level_head{unsorted.priority, unsorted.head_at()});
    for (const auto& one : unsorted.lower)
      sort(r, one);
    lanes = cursors_.look(on_, r.now);
    r.is_part = r.is_part && !lanes.empty() && lanes.front().id == no_lane;
  }
  open_turns(std::move(lanes), r);
}

/// Gives lanes to what has none, and sets aside what cannot have one: so the next claim goes on
/// with others.
void claimer::sort(round& r, const std::optional<level_head>& only) {
  at_ = {};
  auto sorted = only ? sort_into_lanes(on_, pipelines_, *only, r.now)
                     : sort_into_lanes(on_, pipelines_, r.now);
  for (const auto& [to, first] : sorted.first)
    cursors_.came_back(to, first);
  if (only && sorted.done_until)
    cursors_.took({no_lane, only->priority}, *sorted.done_until,
                  static_cast<std::size_t>(sorted.count) + sorted.bad.size(), r.now);
  if (MILLRACE_SEEDED_FAULT("a row that is wrong is not set aside"))
    sorted.bad.clear();
  if (!sorted.bad.empty())
    r.family_work |= set_aside(on_, pipelines_, stages_, sorted.bad, r.now, r.aside);
  const bool has_sorted = sorted.count > 0 || !sorted.bad.empty();
  if (has_sorted)
    keys_.look_again(sorted.have_parked);
  r.is_part = r.is_part || has_sorted;
  // Another transaction makes lanes, and may last; or gives places, which most often is over soon.
  if (!has_sorted)
    pass_.next = r.now + (sorted.is_held_up ? place_again : sort_again);
}

void claimer::claimed_until(const claim_order::level& of, const index_place& last, std::size_t jobs,
                            round& r) {
  r.starts[{of.lane, of.priority}] = last.next();
  cursors_.took(of, last.next(), jobs, r.now);
}

}  // namespace millrace::storage
