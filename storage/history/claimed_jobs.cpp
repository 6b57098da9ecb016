#include "storage/history/claimed_jobs.hpp"

#include <map>
#include <set>

namespace millrace::storage {
namespace {

/// The jobs of a runtime that handlers have begun; nothing where that is not known.
std::optional<std::set<job_id>> begun_by(connection& on, runtime_id runtime,
                                         const std::optional<jobs_in_hand>& hands) {
  if (!on.is_shared()) {
    if (!hands || hands->runtime != runtime)
      return std::nullopt;
    return std::set<job_id>{hands->jobs.begin(), hands->jobs.end()};
  }
  std::set<job_id> begun;
  on.prepared<std::int64_t>("in_hand_of").with("runtime", runtime).each([&](job_id one) {
    begun.insert(one);
  });
  return begun;
}

}  // namespace

void note_begun(connection& on, std::span<job_record> jobs,
                const std::optional<jobs_in_hand>& hands) {
  std::map<runtime_id, std::optional<std::set<job_id>>> begun;
  for (auto& job : jobs) {
    if (job.state != pipeline::job_state::working || !job.claimed_by)
      continue;
    auto [of, is_new] = begun.try_emplace(*job.claimed_by);
    if (is_new)
      of->second = begun_by(on, *job.claimed_by, hands);
    job.has_begun = !of->second || of->second->contains(job.id);
  }
}

std::int64_t claimed_before(connection& on, const job_record& job) {
  return std::get<0>(on.prepared<std::int64_t>("claimed_before")
                         .with("runtime", job.claimed_by.value_or(0))
                         .with("pipeline", job.pipeline)
                         .with("stage", job.stage)
                         .with("priority", job.priority)
                         .with("run_at", to_us(job.run_at))
                         .with("job", job.id)
                         .first()
                         .value());
}

}  // namespace millrace::storage
