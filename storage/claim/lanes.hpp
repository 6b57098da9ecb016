#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/claim/set_aside.hpp"
#include "storage/db/database.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::storage {

/// What jobs of a lane have in common.
struct lane_key {
  std::string pipeline;
  std::string stage;
  /// Empty for no tenant.
  std::string tenant;

  auto operator<=>(const lane_key&) const = default;
};

/// A place in the order of claims within a level, which is the jobs of one priority in a lane. By
/// itself it stands before all of them.
struct index_place {
  std::int64_t run_at = std::numeric_limits<std::int64_t>::min();
  std::int64_t job = std::numeric_limits<std::int64_t>::min();

  auto operator<=>(const index_place&) const = default;

  index_place next() const {
    constexpr index_place first;
    return job < std::numeric_limits<std::int64_t>::max() ? index_place{run_at, job + 1}
                                                          : index_place{run_at + 1, first.job};
  }
};

/// Where the first job of a level stands.
struct level_head {
  std::int64_t priority = 0;
  index_place at;
};

/// The jobs that wait for the same stage, of the same tenant.
struct waiting_lane {
  std::int64_t id = 0;
  lane_key of;
  /// The highest at which a job waits there, and when the first of these is due.
  std::int64_t priority = 0;
  time_point head;
  std::int64_t head_job = 0;
  bool has_lower_priorities = false;
  /// Nothing may start at the stage.
  bool is_paused = false;
  /// Lower ones, where they are known already.
  std::vector<level_head> lower{};

  index_place head_at() const { return {to_us(head), head_job}; }
};

/// The lane of jobs that were not sorted into lanes yet. Its key is empty.
inline constexpr std::int64_t no_lane = 0;
/// That of jobs that wait for a place of their concurrency key (key_places.hpp): no claim looks
/// there, nor beyond it.
inline constexpr std::int64_t key_lane = std::int64_t{1} << 62;

/// Lanes where jobs wait, in order of their ids, which are greater than `after`; as many as `limit`
/// at most. Costs the same however many jobs wait there.
std::vector<waiting_lane> waiting_lanes(connection& on, std::int64_t after, int limit);

/// The highest priority below that one at which a job of the lane waits.
std::optional<level_head> next_level(connection& on, std::int64_t lane, std::int64_t below);

/// Calls `visit` with each lane where jobs wait until it answers false.
template <class Visit>
void each_waiting_lane(connection& on, Visit visit) {
  constexpr int at_once = 64;
  auto after = no_lane - 1;
  for (;;) {
    const auto lanes = waiting_lanes(on, after, at_once);
    for (const auto& one : lanes)
      if (!visit(one))
        return;
    if (lanes.size() < at_once)
      return;
    after = lanes.back().id;
  }
}

/// Calls `visit` with each priority at which a job of the lane waits, the highest first, until it
/// answers false. Within one the index is in order of time, so that jobs that are not due are never
/// walked over.
template <class Visit>
void each_priority(connection& on, const waiting_lane& of, Visit visit) {
  auto priority = of.priority;
  bool has_lower = of.has_lower_priorities;
  while (visit(priority) && has_lower) {
    const auto next = next_level(on, of.id, priority);
    if (!next)
      return;
    priority = next->priority;
  }
}

/// Makes those lanes that are not there yet. On PostgreSQL it makes none while another transaction
/// does.
void open_lanes(connection& on, const std::set<lane_key>& lanes);

/// A level, by what its jobs have in common.
struct level_of_jobs {
  lane_key lane;
  std::int64_t priority = 0;

  auto operator<=>(const level_of_jobs&) const = default;
};

/// What became of jobs that had no lane.
struct sorted_jobs {
  /// So many have one now, or wait for a place of their key.
  std::int64_t count = 0;
  /// Some wait for a place of their key.
  bool have_parked = false;
  /// Another transaction gives the places of keys: jobs with a key were left.
  bool is_held_up = false;
  /// These can have none.
  std::vector<bad_row> bad;
  /// Where those went that have one, and the first of each.
  std::map<level_of_jobs, index_place> first;
  /// The last place that was looked at, where no job before it was left.
  std::optional<index_place> done_until;
};

/// Gives lanes to some of the jobs that have none: those of one priority, from a place on. One with
/// a concurrency key gets one when it has a place of that.
sorted_jobs sort_into_lanes(connection& on, const pipeline::catalog& pipelines,
                            const level_head& from, time_point now);
/// The same, to those that would be claimed first.
sorted_jobs sort_into_lanes(connection& on, const pipeline::catalog& pipelines, time_point now);

/// Takes some of the jobs out of a lane that is not there, or out of another stage's, where nothing
/// would claim them: they are sorted again. Answers how many.
std::int64_t leave_unknown_lane(connection& on, std::int64_t lane);
std::int64_t leave_foreign_lane(connection& on, const waiting_lane& lane);
std::int64_t leave_lane_of_others(connection& on, const waiting_lane& lane, const level_head& from,
                                  time_point until);

}  // namespace millrace::storage
