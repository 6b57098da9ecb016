#include "app/api/job_waiter.hpp"

#include "storage/history/job_queries.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::app::api {
namespace {

constexpr auto look_interval = std::chrono::milliseconds{20};
/// A database that is slow is asked less often: looking takes a tenth of the time at most.
constexpr int rest_share = 10;

}  // namespace

job_waiter::job_waiter(storage::connection_pool& connections) : connections_(connections) {
  thread_.run([this] { look(); });
}

void job_waiter::wait(std::int64_t job, clock::time_point until, std::function<void()> done) {
  {
    const std::scoped_lock guard{mutex_};
    if (!ends_) {
      waiting_.push_back({job, until, std::move(done)});
      changed_.notify_one();
      return;
    }
  }
  done();
}

void job_waiter::look() {
  for (;;) {
    std::vector<std::int64_t> jobs;
    {
      std::unique_lock guard{mutex_};
      changed_.wait(guard, [this] { return ends_ || !waiting_.empty(); });
      if (waiting_.empty())
        return;
      for (const auto& request : waiting_)
        jobs.push_back(request.job);
    }
    const auto begin = clock::now();
    for (auto& request : take_due(find_ended(jobs), begin))
      request.done();
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard,
                      std::max<clock::duration>(look_interval, rest_share * (clock::now() - begin)),
                      [this] { return ends_; });
  }
}

std::vector<job_waiter::waiting> job_waiter::take_due(const std::set<std::int64_t>& ended,
                                                      clock::time_point now) {
  const std::scoped_lock guard{mutex_};
  const auto first =
      std::stable_partition(waiting_.begin(), waiting_.end(), [&](const waiting& request) {
        return !ends_ && now < request.until && !ended.contains(request.job);
      });
  std::vector<waiting> due{std::make_move_iterator(first), std::make_move_iterator(waiting_.end())};
  waiting_.erase(first, waiting_.end());
  return due;
}

std::set<std::int64_t> job_waiter::find_ended(const std::vector<std::int64_t>& jobs) {
  try {
    return connections_.with_connection("cannot look for ended jobs",
                                        [&](auto& on) { return storage::ended_among(on, jobs); });
  } catch (const millrace::error&) {
    return {};  // They are answered when their time is over, with what the database says then.
  }
}

bool job_waiter::stop(duration patience) {
  {
    const std::scoped_lock guard{mutex_};
    ends_ = true;
  }
  changed_.notify_all();
  return thread_.stop(patience);
}

}  // namespace millrace::app::api
