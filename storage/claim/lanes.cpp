#include "storage/claim/lanes.hpp"

#include "base/bounds.hpp"
#include "base/unicode/utf8.hpp"
#include "pipeline/unique.hpp"
#include "storage/claim/key_places.hpp"
#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

namespace millrace::storage {
namespace {

namespace bounds = bounds;

/// How many jobs are sorted at once: a claim waits for it.
constexpr int sorted_at_once = 1000;

/// What is wrong with a text that a lane is named after; empty when nothing is.
std::string fault_of(std::string_view name, std::string_view text) {
  if (text.size() > bounds::longest_key)
    return fmt::format("its {} has {} bytes: {} are allowed", name, text.size(),
                       bounds::longest_key);
  if (text.find('\0') != std::string_view::npos || utf8::count(text).broken > 0)
    return fmt::format("its {} is no UTF-8 text", name);
  return {};
}

/// A row as unsorted_jobs.sql gives it.
struct unsorted_row {
  std::int64_t job = 0;
  lane_key of;
  std::int64_t correlation_bytes = 0;
  std::int64_t key_bytes = 0;
  std::int64_t tags_bytes = 0;
  std::string unique_while;
  std::int64_t run_at = 0;
  /// Empty for none.
  std::string key;
};

/// What is wrong with a row that was written with SQL; empty when nothing is.
std::string fault_of(const unsorted_row& row) {
  for (const auto& [name, text] :
       {std::pair<std::string_view, const std::string&>{"pipeline", row.of.pipeline},
        {"stage", row.of.stage},
        {"tenant", row.of.tenant},
        {"concurrency_key", row.key}})
    if (auto why = fault_of(name, text); !why.empty())
      return why;
  for (const auto& [name, bytes, most] :
       {std::tuple{"correlation_id", row.correlation_bytes, bounds::longest_key},
        {"unique_key", row.key_bytes, bounds::longest_key},
        {"list of tags", row.tags_bytes, bounds::longest_tags}})
    if (bytes > static_cast<std::int64_t>(most))
      return fmt::format("its {} has {} bytes: {} are allowed", name, bytes, most);
  if (!row.unique_while.empty() && !pipeline::parse_unique_scope(row.unique_while))
    return "its unique_while is not queued, unfinished, done or any";
  return {};
}

/// Jobs of a priority without a lane, from a place on.
template <class Use>
void each_unsorted(connection& on, const level_head& from, Use use) {
  on.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t,
              std::int64_t, std::string, std::int64_t, std::string>("unsorted_jobs")
      .with("priority", from.priority)
      .with("from_run_at", from.at.run_at)
      .with("from_job", from.at.job)
      .with("limit", sorted_at_once)
      .each([&](std::int64_t id, const std::string& in, const std::string& stage,
                const std::string& tenant, std::int64_t correlation_bytes, std::int64_t key_bytes,
                std::int64_t tags_bytes, const std::string& unique_while, std::int64_t run_at,
                const std::string& key) {
        use(unsorted_row{id,
                         {in, stage, tenant},
                         correlation_bytes,
                         key_bytes,
                         tags_bytes,
                         unique_while,
                         run_at,
                         key});
      });
}

std::int64_t set_lanes(connection& on, const std::vector<std::int64_t>& jobs) {
  if (jobs.empty())
    return 0;
  id_list ids{on.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  return on.prepared<>("set_lanes").with("ids", ids.finish()).run();
}

void add_unsorted(connection& on, const level_head& from, std::vector<bad_row>& to) {
  each_unsorted(on, from, [&](const unsorted_row& row) {
    const bool is_known =
        std::any_of(to.begin(), to.end(), [&](const auto& one) { return one.job == row.job; });
    if (!is_known)
      to.push_back({row.job, "its pipeline, stage or tenant is no text that can be looked up"});
  });
}

}  // namespace

std::vector<waiting_lane> waiting_lanes(connection& on, std::int64_t after, int limit) {
  std::vector<waiting_lane> lanes;
  on.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t,
              std::int64_t, std::int64_t, std::int64_t>("waiting_lanes")
      .with("after", after)
      .with("limit", limit)
      .each([&](std::int64_t id, const std::string& in, const std::string& stage,
                const std::string& tenant, std::int64_t priority, std::int64_t head,
                std::int64_t head_job, std::int64_t has_lower, std::int64_t is_paused) {
        lanes.push_back({id,
                         {in, stage, tenant},
                         priority,
                         from_us(head),
                         head_job,
                         has_lower != 0,
                         is_paused != 0});
      });
  // The database joins their names as it likes, and need not keep the order.
  std::sort(lanes.begin(), lanes.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return lanes;
}

std::optional<level_head> next_level(connection& on, std::int64_t lane, std::int64_t below) {
  const auto next = on.prepared<std::int64_t, std::int64_t, std::int64_t>("next_level")
                        .with("lane", lane)
                        .with("below", below)
                        .first();
  if (!next)
    return std::nullopt;
  const auto [priority, run_at, job] = *next;
  return level_head{priority, {run_at, job}};
}

void open_lanes(connection& on, const std::set<lane_key>& lanes) {
  json_list list;
  for (const auto& one : lanes) {
    json_list lane;
    lane.add(one.pipeline);
    lane.add(one.stage);
    lane.add(one.tenant);
    list.add(lane);
  }
  on.prepared<>("open_lanes").with("lanes", list.finish()).run();
}

sorted_jobs sort_into_lanes(connection& on, const pipeline::catalog& pipelines,
                            const level_head& from, time_point now) {
  sorted_jobs sorted;
  std::vector<unsorted_row> rows;
  std::vector<keyed_job> keyed;
  index_place last;
  each_unsorted(on, from, [&](unsorted_row row) {
    last = {row.run_at, row.job};
    if (auto why = fault_of(row); !why.empty()) {
      sorted.bad.push_back({row.job, std::move(why)});
      return;
    }
    if (!row.key.empty())
      keyed.push_back({row.job, row.of.pipeline, row.key, from.priority, row.run_at});
    rows.push_back(std::move(row));
  });
  const auto admitted = admit(on, pipelines, keyed, now);
  std::vector<std::int64_t> ids;
  std::set<lane_key> lanes;
  for (auto& row : rows) {
    if (!row.key.empty() && (!admitted || !admitted->contains(row.job)))
      continue;
    ids.push_back(row.job);
    lanes.insert(row.of);
    // They come in order.
    sorted.first.try_emplace({std::move(row.of), from.priority}, index_place{row.run_at, row.job});
  }
  open_lanes(on, lanes);
  sorted.count = set_lanes(on, ids);
  sorted.is_held_up = !admitted;
  sorted.have_parked = admitted && admitted->size() < keyed.size();
  if (admitted)
    sorted.count += static_cast<std::int64_t>(keyed.size() - admitted->size());
  const bool has_sorted_all = sorted.count == static_cast<std::int64_t>(rows.size());
  if (has_sorted_all && sorted.count > 0)
    sorted.done_until = last.next();
  // One writer: what has no lane now will never have one.
  if (on.dialect() == dialect::sqlite && !has_sorted_all)
    add_unsorted(on, from, sorted.bad);
  return sorted;
}

sorted_jobs sort_into_lanes(connection& on, const pipeline::catalog& pipelines, time_point now) {
  const auto lanes = waiting_lanes(on, no_lane - 1, 1);
  if (lanes.empty() || lanes.front().id != no_lane)
    return {};
  sorted_jobs all;
  std::optional<level_head> from{{lanes.front().priority, lanes.front().head_at()}};
  // The statement leaves out rows that others hold.
  for (int n = 0; from && n < sorted_at_once; ++n) {
    auto some = sort_into_lanes(on, pipelines, *from, now);
    all.count += some.count;
    std::move(some.bad.begin(), some.bad.end(), std::back_inserter(all.bad));
    all.first.merge(some.first);
    all.is_held_up |= some.is_held_up;
    all.have_parked |= some.have_parked;
    if (all.count + static_cast<std::int64_t>(all.bad.size()) >= sorted_at_once)
      break;
    from =
        lanes.front().has_lower_priorities ? next_level(on, no_lane, from->priority) : std::nullopt;
  }
  return all;
}

std::int64_t leave_unknown_lane(connection& on, std::int64_t lane) {
  return on.prepared<>("leave_unknown_lane").with("lane", lane).with("limit", sorted_at_once).run();
}

std::int64_t leave_foreign_lane(connection& on, const waiting_lane& lane) {
  return on.prepared<>("leave_foreign_lane")
      .with("lane", lane.id)
      .with("pipeline", lane.of.pipeline)
      .with("stage", lane.of.stage)
      .with("limit", sorted_at_once)
      .run();
}

std::int64_t leave_lane_of_others(connection& on, const waiting_lane& lane, const level_head& from,
                                  time_point until) {
  return on.prepared<>("leave_lane_of_others")
      .with("lane", lane.id)
      .with("priority", from.priority)
      .with("from_run_at", from.at.run_at)
      .with("from_job", from.at.job)
      .with("until", to_us(until))
      .with("pipeline", lane.of.pipeline)
      .with("stage", lane.of.stage)
      .with("limit", sorted_at_once)
      .run();
}

}  // namespace millrace::storage
