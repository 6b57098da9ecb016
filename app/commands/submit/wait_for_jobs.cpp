#include "app/commands/submit/wait_for_jobs.hpp"

#include "app/commands/interruptible.hpp"
#include "app/commands/wait_until.hpp"
#include "app/terminal/progress.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::app {
namespace {

void warn_without_runtime(storage::connection& on, time_point now) {
  const auto all = storage::list_runtimes(on);
  if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one.lease_until > now; }))
    complain(
        "millrace: waiting: no runtime is running\n  next: start `millrace run`, or press Ctrl-C; "
        "the jobs are kept\n");
}

/// Counts what is left whenever the database has changed, but never spends more than a fifth of the
/// time on it.
class countdown {
 public:
  countdown(storage::connection& on, const std::vector<storage::job_id>& jobs,
            const interruptible& scope)
      : on_{on}, jobs_{jobs}, scope_{scope} {}

  bool is_over() {
    using clock = std::chrono::steady_clock;
    if (scope_.is_interrupted())
      return true;
    const auto begin = clock::now();
    const auto version = on_.data_version();
    if (begin < next_count_ || version == counted_version_)
      return false;
    counted_version_ = version;
    const auto left = static_cast<std::size_t>(storage::count_unfinished(on_, jobs_));
    bar_.show(jobs_.size() - left, jobs_.size());
    next_count_ = clock::now() + 4 * (clock::now() - begin);
    return left == 0;
  }

 private:
  storage::connection& on_;
  const std::vector<storage::job_id>& jobs_;
  const interruptible& scope_;
  progress_bar bar_;
  std::int64_t counted_version_ = -1;
  std::chrono::steady_clock::time_point next_count_{};
};

}  // namespace

waited wait_for_jobs(storage::connection& on, const std::vector<storage::job_id>& jobs,
                     const clock& time) {
  const interruptible scope;
  warn_without_runtime(on, time.now());
  countdown left{on, jobs, scope};
  wait_until([&] { return left.is_over(); });
  waited result;
  result.interrupted = scope.is_interrupted();
  if (result.interrupted)
    return result;
  for (const auto id : jobs) {
    auto job = storage::find_job(on, id);
    if (job && job->state != pipeline::job_state::done)
      result.failed.push_back(std::move(*job));
  }
  return result;
}

}  // namespace millrace::app
