#include "storage/lanes.hpp"

#include "storage/id_list.hpp"
#include "storage/json_list.hpp"

namespace millrace::storage {
namespace {

/// How many jobs are sorted at once: a claim waits for it.
constexpr int sorted_at_once = 1000;

}  // namespace

std::vector<waiting_lane> waiting_lanes(connection& on, std::int64_t after, int limit) {
  std::vector<waiting_lane> lanes;
  on.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t,
              std::int64_t, std::int64_t>("waiting_lanes")
      .with("after", after)
      .with("limit", limit)
      .each([&](std::int64_t id, const std::string& in, const std::string& stage,
                const std::string& tenant, std::int64_t priority, std::int64_t head,
                std::int64_t has_lower, std::int64_t is_paused) {
        lanes.push_back({id,
                         {in, stage, tenant},
                         priority,
                         pipeline::from_us(head),
                         has_lower != 0,
                         is_paused != 0});
      });
  return lanes;
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

std::int64_t sort_into_lanes(connection& on) {
  id_list ids{on.dialect(), sorted_at_once};
  std::set<lane_key> lanes;
  on.prepared<std::int64_t, std::string, std::string, std::string>("unsorted_jobs")
      .with("limit", sorted_at_once)
      .each([&](std::int64_t id, const std::string& in, const std::string& stage,
                const std::string& tenant) {
        ids.add(id);
        lanes.insert({in, stage, tenant});
      });
  open_lanes(on, lanes);
  return on.prepared<>("set_lanes").with("ids", ids.finish()).run();
}

}  // namespace millrace::storage
