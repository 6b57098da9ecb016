#pragma once

#include "actors/status/job_progress.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "pipeline/handler.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "storage/runtimes/running_jobs.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace millrace::actors {

/// A batch of jobs on a worker thread. The thread calls run(); the actor that owns the batch looks
/// at its progress and may abandon it: then what has ended by that moment counts, and nothing that
/// the thread does later.
class batch_run {
 public:
  /// `work` and everything that it uses must outlive the call of run(), abandoned or not. What the
  /// handler says of how far it is goes to `progress`, where there is one. Where a job has a trace,
  /// it is noted when the handler was at work on each.
  batch_run(std::vector<pipeline::job> jobs, pipeline::stage_work work, time_point now,
            std::shared_ptr<job_progress> progress = nullptr);

  /// Calls the handler for each job, in order; a batch handler for all that are left, until none
  /// is. What it throws is an outcome: a snooze for a surrounding that fails for now, else a retry
  /// with the code HANDLER_ERROR. The recorder is told, where there is one.
  void run(executor& on, storage::crash_journal& journal,
           storage::running_jobs_table* recorder = nullptr);

  /// How far the batch has come: which job is in the handler; nothing before the first and after
  /// the last, and while a batch handler has not begun.
  std::optional<std::size_t> in_handler() const;

  /// When the handler was at work on a job.
  struct call_time {
    time_point began;
    time_point ended;
  };

  struct report {
    std::vector<pipeline::job> jobs;
    /// For the first jobs, in order; fewer than jobs where the batch was abandoned.
    std::vector<pipeline::outcome> outcomes;
    /// The job after the last outcome was in the handler.
    bool cut_short = false;
    /// One for each outcome, and for what was cut short; none where no job has a trace.
    std::vector<call_time> times{};
  };

  /// The jobs that have ended since the last call, while others are under way.
  report take_ended();

  /// Takes back the jobs with which the handler has not begun.
  std::vector<pipeline::job> recall();

  /// The batch_run has ended; what came of it, but for what was taken before. Call it once, after
  /// run() returned.
  report result();

  /// Ends the batch now: asks the handler to stop, and takes what has come of it since the last
  /// call of take_ended(). Tells the
  /// executor when a thread is lost to it.
  report abandon(executor& on);

  /// Asks the handler to stop, if it is at work on the job.
  void ask_to_stop(pipeline::job_id job);

 private:
  class answer_sink;

  pipeline::outcome call(const pipeline::handler& work, const pipeline::job& job,
                         const pipeline::context& at) const;
  void call(const pipeline::batch_handler& work, std::span<const pipeline::job> left,
            const pipeline::context& at, std::size_t before, answer_sink& to) const;
  std::optional<std::size_t> position() const;
  std::vector<storage::running_job> running_jobs() const;
  void drop_progress();
  void keep_outcome(pipeline::outcome what);
  time_point time_now() const;
  report untaken(std::vector<pipeline::job> jobs, std::vector<pipeline::outcome> outcomes) const;

  const pipeline::stage_work work_;
  const time_point now_;
  const std::shared_ptr<job_progress> progress_;
  mutable std::mutex mutex_;
  std::vector<pipeline::job> jobs_;
  std::vector<pipeline::outcome> outcomes_;
  const bool is_timed_;
  const std::chrono::steady_clock::time_point made_at_ = std::chrono::steady_clock::now();
  std::vector<call_time> times_;
  /// When the handler began with the first job without an outcome.
  time_point began_;
  /// So many of both were taken already.
  std::size_t taken_ = 0;
  /// Jobs before it are with the handler, or have been.
  std::size_t held_until_ = 0;
  std::stop_source stop_;
  /// The thread is in the handler, and reads jobs_.
  bool calling_ = false;
  /// The handler is at work on the first job without an outcome.
  bool begun_ = false;
  bool abandoned_ = false;
  /// The job of which `progress_` has something.
  std::optional<storage::running_job> reported_;
};

}  // namespace millrace::actors
