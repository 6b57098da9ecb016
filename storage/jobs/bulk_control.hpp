#pragma once

#include "storage/children/child_work.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"

#include <span>
#include <string>

namespace millrace::storage {

/// What users do to many jobs that a list has found. For a few hundred at a time: a batch is a
/// transaction.
class bulk_control {
 public:
  /// All must outlive it.
  bulk_control(const job_context& context, job_changes& changes, child_work& work)
      : context_(context), changes_(changes), child_work_(work) {}

  /// Cancels those of the jobs that are as they were when list_unfinished() found them, or asks the
  /// runtimes that work on them to, as job_control::cancel().
  sent_back cancel(std::span<const listed_job> jobs, const std::string& by, time_point now);

  /// Sends those of the jobs back that are as they were when list_ended() found them: to the stage,
  /// or if that is empty, each to where it stands. Their children as in job_control::replay().
  sent_back replay_ended(std::span<const listed_job> jobs, const std::string& from_stage,
                         const std::string& by, time_point now);

  /// Moves those of the jobs that are as they were when list_movable() found them to the stage:
  /// they wait there with all of its attempts. `to_pipeline` may be empty: each stays in its own.
  /// The catalog must know the stage, but neither the pipeline nor the stage where they stand. In
  /// another pipeline they keep their unique keys, unless they are held there, and count in its
  /// queue, however full.
  sent_back move(std::span<const listed_job> jobs, const std::string& to_pipeline,
                 const std::string& to_stage, const std::string& by, time_point now);

 private:
  const job_context& context_;
  job_changes& changes_;
  child_work& child_work_;
};

}  // namespace millrace::storage
