#include "storage/claim/level_gaps.hpp"

#include "storage/db/json_list.hpp"

#include <limits>
#include <string>

namespace millrace::storage {
namespace {

using level = claim_order::level;

/// The column's type.
constexpr std::int64_t lowest_priority = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t highest_priority = std::numeric_limits<std::int32_t>::max();

class gap_lists {
 public:
  void add_priorities(std::int64_t lane, std::int64_t lowest, std::int64_t highest) {
    if (lowest <= highest)
      add(priorities_, {lane, lowest, highest});
  }
  void add_lanes(std::int64_t first, std::int64_t last) {
    if (first <= last)
      add(lanes_, {first, last});
  }
  std::string priorities() { return std::string{priorities_.finish()}; }
  std::string lanes() { return std::string{lanes_.finish()}; }

 private:
  static void add(json_list& to, std::initializer_list<std::int64_t> numbers) {
    json_list gap;
    for (const auto number : numbers)
      gap.add(number);
    to.add(gap);
  }

  json_list priorities_;
  json_list lanes_;
};

gap_lists gaps_between(const std::vector<level>& known) {
  gap_lists gaps;
  auto above = highest_priority;
  std::int64_t first_lane = no_lane;
  for (std::size_t n = 0; n < known.size(); ++n) {
    const auto& at = known[n];
    gaps.add_lanes(first_lane, at.lane - 1);
    gaps.add_priorities(at.lane, at.priority + 1, above);
    const bool is_last_of_lane = n + 1 == known.size() || known[n + 1].lane != at.lane;
    first_lane = at.lane + 1;
    above = is_last_of_lane ? highest_priority : at.priority - 1;
    if (is_last_of_lane)
      gaps.add_priorities(at.lane, lowest_priority, at.priority - 1);
  }
  gaps.add_lanes(first_lane, key_lane - 1);
  return gaps;
}

}  // namespace

std::vector<waiting_lane> first_between(connection& on, const std::vector<level>& known) {
  auto gaps = gaps_between(known);
  std::vector<waiting_lane> found;
  on.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t,
              std::int64_t>("first_between")
      .with("priorities", gaps.priorities())
      .with("lanes", gaps.lanes())
      .each([&](std::int64_t lane, const std::string& pipeline, const std::string& stage,
                const std::string& tenant, std::int64_t priority, std::int64_t run_at,
                std::int64_t job) {
        found.push_back({.id = lane,
                         .of = {pipeline, stage, tenant},
                         .priority = priority,
                         .head = from_us(run_at),
                         .head_job = job});
      });
  return found;
}

}  // namespace millrace::storage
