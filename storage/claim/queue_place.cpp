#include "storage/claim/queue_place.hpp"

#include "storage/claim/claim_order.hpp"
#include "storage/claim/lanes.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

namespace millrace::storage {
namespace {

class counter {
 public:
  counter(connection& on, const std::vector<runtime_id>& runtimes, time_point now)
      : on_(on), runtimes_(runtimes), now_(now) {}

  /// Those of a priority before (run_at, job).
  std::int64_t count(const waiting_lane& in, std::int64_t priority, time_point run_at, job_id job) {
    const auto counted = std::get<0>(on_.prepared<std::int64_t>("jobs_ahead")
                                         .with("lane", in.id)
                                         .with("priority", priority)
                                         .with("run_at", to_us(run_at))
                                         .with("job", job)
                                         .with("limit", left_)
                                         .first()
                                         .value());
    // A priority costs something even where no job of it is due.
    left_ -= counted + 1;
    return counted;
  }

  /// Whether jobs of the lane may be claimed. It costs something to look.
  bool is_open(const waiting_lane& one) {
    --left_;
    if (one.id == no_lane)
      return true;
    if (one.is_paused)
      return false;
    const auto serving = serving_runtimes(on_, one.of.pipeline, one.of.stage, now_);
    return std::find_first_of(serving.begin(), serving.end(), runtimes_.begin(), runtimes_.end()) !=
           serving.end();
  }

  bool is_exhausted() const { return left_ <= 0; }

 private:
  connection& on_;
  const std::vector<runtime_id>& runtimes_;
  time_point now_;
  /// One more for the lane, one for the priority, and one to know whether there are more.
  std::int64_t left_ = queue_place_limit + 3;
};

}  // namespace

queue_place find_queue_place(connection& on, const job_record& job,
                             const std::vector<runtime_id>& runtimes, duration priority_ageing,
                             time_point now) {
  return guarded("cannot find the job's place", [&] {
    queue_place place;
    counter ahead{on, runtimes, now};
    std::set<std::string> others;
    const bool ages = priority_ageing.count() > 0;
    const auto add = [&](const waiting_lane& lane, std::int64_t priority) {
      const auto until =
          ages ? due_before(job.run_at, priority - job.priority, priority_ageing, now) : now;
      // A job that counts the same goes first when its priority is higher.
      if (priority > job.priority)
        place.of_higher_priority +=
            ahead.count(lane, priority, until, std::numeric_limits<job_id>::max());
      else if (priority == job.priority)
        place.due_for_longer += ahead.count(lane, priority, job.run_at, job.id);
      else if (ages)
        place.due_for_longer += ahead.count(lane, priority, until, 0);
      place.is_whole = !ahead.is_exhausted();
      return place.is_whole && (ages || priority > job.priority);
    };
    each_waiting_lane(on, [&](const waiting_lane& lane) {
      if (!ahead.is_open(lane))
        return true;
      if (lane.id == no_lane || lane.of.tenant == job.tenant)
        each_priority(on, lane, [&](std::int64_t priority) { return add(lane, priority); });
      else if (lane.head <= now)
        others.insert(lane.of.tenant);
      place.is_whole = !ahead.is_exhausted();
      return place.is_whole;
    });
    place.other_tenants = static_cast<std::int64_t>(others.size());
    return place;
  });
}

}  // namespace millrace::storage
