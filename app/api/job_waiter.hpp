#pragma once

#include "base/thread_pool.hpp"
#include "storage/db/connection_pool.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <vector>

namespace millrace::app::api {

/// Waits for the end of jobs, for any number of requests with one look at the database. From any
/// thread.
class job_waiter {
 public:
  using clock = std::chrono::steady_clock;

  /// The pool must outlive it.
  explicit job_waiter(storage::connection_pool& connections);

  /// Calls `done`, once and on another thread, when the job has ended, at that time at the latest,
  /// or when it is told to stop.
  void wait(std::int64_t job, clock::time_point until, std::function<void()> done);

  /// False when its thread has not ended in time.
  bool stop(duration patience);

 private:
  struct waiting {
    std::int64_t job = 0;
    clock::time_point until;
    std::function<void()> done;
  };

  void look();
  std::set<std::int64_t> find_ended(const std::vector<std::int64_t>& jobs);
  std::vector<waiting> take_due(const std::set<std::int64_t>& ended, clock::time_point now);

  storage::connection_pool& connections_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<waiting> waiting_;
  bool ends_ = false;
  thread_pool thread_{1};
};

}  // namespace millrace::app::api
