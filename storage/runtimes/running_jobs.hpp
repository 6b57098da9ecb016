#pragma once

#include "pipeline/job.hpp"
#include "storage/db/connection_pool.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::storage {

struct running_job {
  pipeline::job_id job = 0;
  std::int64_t epoch = 0;
};

/// Says in a shared database which jobs a runtime's worker threads have in hand. When the runtime
/// dies, the runtime that rescues its jobs charges a crash to these, and to none that only waited.
/// (Where the database has one runtime, the crash_journal of its data directory says so.)
class running_jobs_table {
 public:
  /// `on_failure` is called with the first of failures that follow each other.
  explicit running_jobs_table(database_settings settings,
                              std::function<void(const error&)> on_failure = {});

  /// The runtime that records from now on. From any thread.
  void become(std::int64_t runtime) { runtime_ = runtime; }

  /// The thread of that slot begins to work on these jobs. Costs a round trip, and no wait for a
  /// disk. When the database is away nothing is recorded: a crash would then be charged to no job.
  /// From any thread.
  void record(std::size_t slot, std::span<const running_job> jobs);

 private:
  void replace(connection& on, std::size_t slot, std::string_view jobs);

  connection_pool pool_;
  const std::function<void(const error&)> on_failure_;
  std::atomic<bool> is_failing_{false};
  std::atomic<std::int64_t> runtime_{0};
  std::mutex mutex_;
  std::int64_t last_number_ = 0;
  /// Of each slot, the numbers of rows that may be there.
  std::map<std::size_t, std::vector<std::int64_t>> recorded_;
};

}  // namespace millrace::storage
