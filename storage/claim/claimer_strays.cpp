#include "storage/claim/claimer.hpp"

#include <chrono>

/// Jobs that stand in a lane which is not theirs, for its row was written with SQL.
namespace millrace::storage {
namespace {

/// Until a lane of a stage that the catalog does not know is looked through again.
constexpr duration look_for_strays_again = std::chrono::seconds{30};

}  // namespace

/// Lanes whose number was made up. True when there was one, and its jobs are to be sorted.
bool claimer::leave_unknown_lanes(const std::vector<waiting_lane>& lanes, const round& r) {
  bool have_left = false;
  for (const auto& one : lanes)
    if (one.id != no_lane && one.of.pipeline.empty() && !is_troubled(one.id, r.now)) {
      at_ = {false, false, one.id, one.priority, one.head};
      have_left |= leave_unknown_lane(on_, one.id) > 0;
    }
  return have_left;
}

/// A lane of a stage that is not served has no claims, which would find jobs of other stages in it:
/// its number, or another stage, was written with SQL. True when there was such a job.
bool claimer::leave_foreign_lanes(const std::vector<waiting_lane>& lanes, const round& r) {
  bool have_left = false;
  for (const auto& one : lanes) {
    if (one.of.pipeline.empty() || stages_.find(one.of.pipeline, one.of.stage) ||
        is_troubled(one.id, r.now))
      continue;
    auto& until = looked_through_until_[one.id];
    // A clock that was set back does not make it wait.
    if (r.now < until && until <= r.now + look_for_strays_again)
      continue;
    at_ = {false, false, one.id, one.priority, one.head};
    const bool has_left = leave_foreign_lane(on_, one) > 0;
    until = has_left ? r.now : r.now + look_for_strays_again;
    have_left |= has_left;
  }
  return have_left;
}

/// Nothing was claimed where something was due: another runtime has it, or it is of another stage
/// than its lane.
void claimer::leave_lane_of_others_at(const claim_order::step& what, round& r) {
  const auto left = leave_lane_of_others(
      on_, r.lanes.at(what.of.lane), {what.of.priority, r.starts[{what.of.lane, what.of.priority}]},
      what.until);
  r.is_part = r.is_part || left > 0;
}

}  // namespace millrace::storage
