#pragma once

#include "app/api/call.hpp"
#include "app/api/login_limiter.hpp"
#include "base/thread_pool.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <vector>

namespace millrace::app::api {

/// Answers requests, on threads of its own with connections of their own: no actor is asked, and
/// none is held up. From any thread.
class service {
 public:
  using answer = std::function<void(response)>;

  /// Requests at work at once; more of them wait, up to `most_waiting`, then 503.
  static constexpr unsigned threads = 4;
  static constexpr int most_waiting = 1000;

  service(const configuration& config, const pipeline::catalog& pipelines,
          const millrace::clock& time);
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// Calls `done` once, from another thread or at once.
  void handle(request asked, answer done);

  /// Waiting requests are answered now. False when a request has not ended in time.
  bool stop(duration patience);

 private:
  struct waiting_job {
    std::int64_t job = 0;
    std::chrono::steady_clock::time_point until;
    std::shared_ptr<request> asked;
    answer done;
  };

  response run(const request& asked);
  storage::access_token authenticate(const request& asked, const route& wanted);
  /// GET /v1/jobs/{id}?wait=...: true when the answer comes later.
  bool wait_for_end(const std::shared_ptr<request>& asked, const answer& done);
  void look_at_waiting();
  std::set<std::int64_t> find_ended(const std::vector<std::int64_t>& jobs);

  const configuration& config_;
  storage::connection_pool connections_;
  std::stop_source ending_;
  environment around_;
  login_limiter logins_;
  std::atomic<int> at_work_{0};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<waiting_job> waiting_;
  thread_pool workers_{threads};
  thread_pool waiter_{1};
};

}  // namespace millrace::app::api
