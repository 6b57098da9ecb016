#include "storage/queue_place.hpp"

#include "storage/claim_order.hpp"
#include "storage/priorities.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace millrace::storage {
namespace {

class counter {
 public:
  counter(connection& on, const std::vector<runtime_id>& runtimes,
          const std::vector<paused_stage>& paused, time_point now)
      : on_(on), runtimes_(runtimes), paused_(paused), now_(now) {}

  /// Those of a priority before (run_at, job) that may be claimed.
  std::int64_t count(std::int64_t priority, time_point run_at, job_id job) {
    std::vector<row> rows;
    on_.prepared<std::string, std::string, std::int64_t>("jobs_ahead")
        .with("priority", priority)
        .with("run_at", pipeline::to_us(run_at))
        .with("job", job)
        .with("limit", left_)
        .each([&](const std::string& in, const std::string& stage, std::int64_t jobs) {
          rows.push_back({in, stage, jobs});
        });
    std::int64_t counted = 0;
    // A priority costs something even where no job of it is due.
    --left_;
    for (const auto& [in, stage, jobs] : rows) {
      left_ -= jobs;
      if (is_claimable(in, stage))
        counted += jobs;
    }
    return counted;
  }

  bool is_exhausted() const { return left_ <= 0; }

 private:
  struct row {
    std::string in;
    std::string stage;
    std::int64_t jobs = 0;
  };

  bool is_claimable(const std::string& in, const std::string& stage) {
    const auto [at, is_new] = known_.try_emplace({in, stage}, false);
    if (is_new)
      at->second = !is_paused(in, stage) && is_served(in, stage);
    return at->second;
  }

  bool is_paused(const std::string& in, const std::string& stage) const {
    return std::any_of(paused_.begin(), paused_.end(),
                       [&](const auto& one) { return one.pipeline == in && one.stage == stage; });
  }

  bool is_served(const std::string& in, const std::string& stage) {
    const auto serving = serving_runtimes(on_, in, stage, now_);
    return std::find_first_of(serving.begin(), serving.end(), runtimes_.begin(), runtimes_.end()) !=
           serving.end();
  }

  connection& on_;
  const std::vector<runtime_id>& runtimes_;
  const std::vector<paused_stage>& paused_;
  time_point now_;
  /// One more for the priority, and one to know whether there are more.
  std::int64_t left_ = queue_place_limit + 2;
  std::map<std::pair<std::string, std::string>, bool> known_;
};

}  // namespace

queue_place find_queue_place(connection& on, const job_record& job,
                             const std::vector<runtime_id>& runtimes,
                             const std::vector<paused_stage>& paused,
                             pipeline::duration priority_ageing, time_point now) {
  return guarded("cannot find the job's place", [&] {
    queue_place place;
    counter ahead{on, runtimes, paused, now};
    const bool ages = priority_ageing.count() > 0;
    each_priority(on, [&](std::int64_t priority) {
      const auto until =
          ages ? due_before(job.run_at, priority - job.priority, priority_ageing, now) : now;
      // A job that counts the same goes first when its priority is higher.
      if (priority > job.priority)
        place.of_higher_priority +=
            ahead.count(priority, until, std::numeric_limits<job_id>::max());
      else if (priority == job.priority)
        place.due_for_longer += ahead.count(priority, job.run_at, job.id);
      else if (ages)
        place.due_for_longer += ahead.count(priority, until, 0);
      place.is_whole = !ahead.is_exhausted();
      return place.is_whole && (ages || priority > job.priority);
    });
    return place;
  });
}

}  // namespace millrace::storage
