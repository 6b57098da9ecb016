#pragma once

#include "storage/children/child_tasks.hpp"
#include "storage/claim/claim_details.hpp"
#include "storage/claim/claim_request.hpp"
#include "storage/claim/claimer.hpp"
#include "storage/claim/returned_jobs.hpp"
#include "storage/claim/walk_pace.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::storage {

/// The claims of a runtime: jobs that the claimer takes, with all that belongs to them.
class claims {
 public:
  /// All must outlive it.
  claims(const job_context& context, claimer& taker, job_changes& changes, child_tasks& tasks)
      : context_(context), claimer_(taker), changes_(changes), tasks_(tasks) {}

  /// Takes up to `limit` jobs whose time has come, of pipelines and stages that the catalog knows
  /// and that are not paused; each with an event stage_started. Tenants are served by their weights
  /// (fair_share). Looks at a bounded number of tenants and priorities, and at others the next
  /// time.
  claim_result claim(const claim_request& request, time_point now);

  /// After a claim of one job that the database refused for good. Outside of any transaction.
  passed_over pass_over_refused(const std::string& why, time_point now);

  /// From now on a limit that another session holds is not waited for: what needs it is left out,
  /// until all limits are free again.
  void pass_by_held_limits() { claimer_.pass_by_held_limits(); }
  bool passes_by_held_limits() const { return claimer_.passes_by_held_limits(); }

  /// What another connection of this runtime noted (waiting_notes): the next claim looks there.
  void came_back(const first_places::map& places);

  /// The oldest moment since which a job could have been claimed here and was not; empty when none
  /// waits. Where it takes long to find out, the answer may be that of a while ago.
  std::optional<time_point> oldest_waiting(time_point now);

 private:
  /// That happens to the jobs from `first` on, which are of the claim no longer.
  void take_out(claim_result& claimed, std::vector<pipeline::job>::iterator first,
                const pipeline::transition_event& what, time_point now);
  void release_unloaded(claim_result& claimed, const std::set<pipeline::job_id>& unloaded,
                        time_point now);
  /// Makes those dead whose documents nothing may read, and takes them out.
  void drop_unreadable(claim_result& claimed, time_point now);

  const job_context& context_;
  claimer& claimer_;
  job_changes& changes_;
  child_tasks& tasks_;
  claim_details details_{context_.on};
  walk_pace others_pace_{context_.rules.sweeps, cheap_walk, walk_parts};
  walk_pace waiting_pace_{context_.rules.sweeps, cheap_walk, walk_parts};
  std::optional<time_point> oldest_waiting_;
};

}  // namespace millrace::storage
