#pragma once

#include "pipeline/progress.hpp"
#include "storage/runtimes/running_jobs.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace millrace::actors {

/// How far the jobs in this runtime's handlers are, as these say: written by batches, readable from
/// any thread. It has nothing of a job whose handler does not report, and one entry a batch at
/// most.
class job_progress {
 public:
  using clock = std::chrono::steady_clock;

  struct report {
    pipeline::progress what;
    /// How long ago the handler said so.
    clock::duration age{0};
  };

  void set(const storage::running_job& of, pipeline::progress what);
  void drop(const storage::running_job& of);

  /// Nothing when its handler has said nothing, or the job is in no handler here with that epoch.
  std::optional<report> find(const storage::running_job& of) const;

 private:
  struct entry {
    pipeline::progress what;
    clock::time_point said_at;
  };

  mutable std::mutex mutex_;
  std::map<std::pair<pipeline::job_id, std::int64_t>, entry> entries_;
};

}  // namespace millrace::actors
