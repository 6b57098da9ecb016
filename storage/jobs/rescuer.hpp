#pragma once

#include "base/time.hpp"
#include "storage/claim/walk_pace.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"
#include "storage/jobs/types.hpp"
#include "storage/runtimes/lease_watch.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <optional>
#include <span>
#include <vector>

namespace millrace::storage {

/// A runtime that watches the others; all must outlive it.
struct onlooker {
  lease_watch& watch;
  const millrace::clock& time;
  const process& self;
  runtime_id id = 0;
};

/// Gives jobs back that a runtime holds which works on them no longer.
class rescuer {
 public:
  /// Both must outlive it.
  rescuer(const job_context& context, job_changes& changes)
      : context_(context), changes_(changes) {}

  /// Looks for runtimes that are dead, and rescues their working jobs; does nothing for a while
  /// where the look took long. Of a process that is known to be dead (is_process_gone,
  /// lease_watch::has_seen_go) those are charged that its running_jobs_table named last, of another
  /// none.
  rescue_result rescue_dead(const onlooker& by, time_point now);

  /// Rescues the working jobs of `dead` (of every runtime but `keep` if empty). `running`, when
  /// known, names the jobs that were at work when it died: only they are charged a crash.
  rescue_result rescue(std::optional<runtime_id> dead, runtime_id keep,
                       const std::optional<std::vector<job_id>>& running, time_point now);

  /// Gives back, uncharged, working jobs of this runtime that it does not hold, and answers which.
  /// `held` are those that it holds, in order. Leaves out what is being changed at this moment.
  std::vector<job_id> release_lost(runtime_id runtime, std::span<const job_id> held,
                                   time_point now);

 private:
  rescue_result rescue_one(const holder& dead, const onlooker& by, time_point now);
  rescue_result rescue_together(std::optional<runtime_id> dead, runtime_id keep,
                                const std::optional<std::vector<job_id>>& running, time_point now);
  /// The same, each in a transaction of its own, where the database refuses one of them.
  rescue_result rescue_each(std::optional<runtime_id> dead, runtime_id keep,
                            const std::optional<std::vector<job_id>>& running, time_point now);

  const job_context& context_;
  job_changes& changes_;
  walk_pace rescue_pace_{context_.rules.sweeps, cheap_walk, 10};
  walk_pace held_pace_{context_.rules.sweeps, cheap_walk, walk_parts};
};

}  // namespace millrace::storage
