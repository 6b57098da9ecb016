#pragma once

#include "actors/claim/intake.hpp"
#include "actors/protocol.hpp"
#include "actors/stage/job_tracer.hpp"
#include "actors/status/job_progress.hpp"
#include "actors/status/stage_metrics.hpp"
#include "actors/status/work_tally.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/registry.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "storage/runtimes/running_jobs.hpp"

#include <cstdint>
#include <memory>

namespace millrace::actors {

/// What a stage handler needs. The catalog and the clock must outlive the actor.
struct stage_settings {
  std::uint16_t pipeline = 0;
  std::uint16_t stage = 0;
  const pipeline::catalog* pipelines = nullptr;
  pipeline::registry::found handler;
  /// Flights at once.
  int concurrency = 1;
  /// Jobs in a batch, at most; fewer where they would not come back within `batch_time`.
  int batch = 1;
  duration batch_time{0};
  const millrace::clock* time = nullptr;
  std::shared_ptr<executor> workers;
  std::shared_ptr<storage::crash_journal> journal;
  /// Null where the database has one runtime.
  std::shared_ptr<storage::running_jobs_table> recorder;
  /// Of all stages.
  std::shared_ptr<const intakes> rooms;
  storage::job_rules rules;
  std::shared_ptr<stage_metrics> metrics;
  std::shared_ptr<job_progress> progress;
  std::shared_ptr<work_tally> tally = std::make_shared<work_tally>();
  /// Null where no traces are made: then what jobs came with goes on to the handlers as it is.
  std::shared_ptr<job_tracer> tracer{};
};

/// One stage at work: gives batches to the stage's handler on worker threads, as many at once as
/// its concurrency allows, settles what came of them, and passes the jobs that advanced straight on
/// to the next stage's handler. A job whose handler does not answer in the stage's timeout is
/// settled as timed out, and its thread replaced. Its name is `stage:PIPELINE.STAGE`.
stage_actor spawn_stage_handler(caf::local_actor& parent, std::uint32_t generation,
                                const supervisor_actor& supervisor, const store_actor& store,
                                const poller_actor& poller, const stage_settings& settings);

}  // namespace millrace::actors
