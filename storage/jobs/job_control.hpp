#pragma once

#include "storage/children/child_work.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"
#include "storage/jobs/types.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <string>
#include <vector>

namespace millrace::storage {

/// What users do to one job, or to one stage.
class job_control {
 public:
  /// All must outlive it.
  job_control(const job_context& context, job_changes& changes, child_work& work)
      : context_(context), changes_(changes), child_work_(work) {}

  /// Cancels a job, or asks the runtime that works on it to. Its unfinished children are cancelled
  /// with it, and theirs: the first of them at once, many of them by child_work.
  control_answer cancel(job_id id, const std::string& by, time_point now);

  /// Sends an ended job back to a stage. This and the next two wake idle runtimes, and are refused
  /// while another job holds the job's unique key. Children that were made at that stage or a later
  /// one are cancelled and no longer count, for it makes others; of those that were made before,
  /// the dead and cancelled are sent back as well, each to where it stands.
  control_answer replay(job_id id, const std::string& from_stage, const std::string& by,
                        time_point now);

  /// Lets a job run that waits for its time; sends one that is dead or cancelled back to where it
  /// stands.
  control_answer retry(job_id id, const std::string& by, time_point now);

  /// Lets a job run now that was put back at a stage of this handler to wait for something. Nothing
  /// else is changed by it, so that it may come late, or twice. Wakes idle runtimes, too.
  control_answer run_now(job_id id, const std::string& handler, const std::string& by,
                         time_point now);

  /// The working jobs of this runtime whose end was requested.
  std::vector<job_id> cancel_requests(runtime_id runtime);

  /// No job is claimed at the stage, or carried on into it, until it is resumed; the same of
  /// `every_stage` of a pipeline, which are paused as one: what was paused by itself stays so when
  /// the pipeline is resumed. Both throw for a stage that the catalog does not know; a stage that
  /// is paused stays paused since then.
  void pause(const std::string& in, const std::string& stage, const std::string& by,
             time_point now);
  void resume(const std::string& in, const std::string& stage, const std::string& by,
              time_point now);

 private:
  control_answer change_one(job_id id, const pipeline::transition_event& what, time_point now);
  /// The same, for what makes the job claimable: wakes the runtimes that wait for jobs.
  control_answer send_on(job_id id, const pipeline::transition_event& what, time_point now);
  void require_stage(const char* doing, const std::string& in, const std::string& stage) const;

  const job_context& context_;
  job_changes& changes_;
  child_work& child_work_;
};

}  // namespace millrace::storage
