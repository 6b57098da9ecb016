#include "storage/claimed_jobs.hpp"

#include <algorithm>

namespace millrace::storage {

bool has_begun(connection& on, const job_record& job, const std::optional<jobs_in_hand>& hands) {
  const auto runtime = job.claimed_by.value_or(0);
  if (!on.is_shared())
    return !hands || hands->runtime != runtime ||
           std::find(hands->jobs.begin(), hands->jobs.end(), job.id) != hands->jobs.end();
  bool has_begun = false;
  on.prepared<std::int64_t>("in_hand_of").with("runtime", runtime).each([&](job_id one) {
    has_begun = has_begun || one == job.id;
  });
  return has_begun;
}

std::int64_t claimed_before(connection& on, const job_record& job) {
  return std::get<0>(on.prepared<std::int64_t>("claimed_before")
                         .with("runtime", job.claimed_by.value_or(0))
                         .with("pipeline", job.pipeline)
                         .with("stage", job.stage)
                         .with("priority", job.priority)
                         .with("run_at", pipeline::to_us(job.run_at))
                         .with("job", job.id)
                         .first()
                         .value());
}

}  // namespace millrace::storage
