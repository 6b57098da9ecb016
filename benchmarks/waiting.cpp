#include "benchmarks/cases.hpp"
#include "benchmarks/live_runtime.hpp"
#include "benchmarks/milliseconds.hpp"
#include "benchmarks/raw_sql.hpp"
#include "storage/jobs/job_store.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>

// What a runtime does while little or nothing is to be done.
namespace millrace::benchmarks {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// When the handlers of each stage began with the one job that is under way.
class stopwatch {
 public:
  void begin(std::size_t stage) {
    const std::scoped_lock guard{mutex_};
    began_[stage] = clock::now();
    changed_.notify_all();
  }

  void reset(std::size_t stages) {
    const std::scoped_lock guard{mutex_};
    began_.assign(stages, std::nullopt);
  }

  /// Waits for the last stage. Answers when the first and when the last began.
  std::pair<clock::time_point, clock::time_point> wait() {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, 30s, [&] { return began_.back().has_value(); }))
      throw std::runtime_error{"a job has not come through in 30 s"};
    return {*began_.front(), *began_.back()};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<clock::time_point>> began_;
};

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// In a process of its own: what this one has grown to is not the runtime's.
double peak_rss_mb_of(const std::function<void()>& work) {
  std::fflush(nullptr);
  const auto child = fork();
  if (child == 0) {
    work();
    std::_Exit(0);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
    throw std::runtime_error{"the runtime's process failed"};
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void add_raw_latency(const options& wanted, const pipeline::definition& plan, std::int64_t jobs,
                     const std::function<void()>& pause, samples& first, samples& tenth) {
  const bench_database on{wanted.database};
  std::vector<double> claimed;
  std::vector<double> at_the_last;
  for (const auto& one : time_raw_sql(on, plan, jobs, pause)) {
    claimed.push_back(1000 * one.claimed.count());
    at_the_last.push_back(1000 * one.at_the_last.count());
  }
  first.add(quantile(std::move(claimed), 0.5));
  tenth.add(quantile(std::move(at_the_last), 0.5));
}

}  // namespace

std::vector<figure> measure_latency(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 200;
  constexpr int count = 10;
  const auto plan = stages(count, "mark");
  const pipeline::catalog pipelines{{plan}};
  const auto watch = std::make_shared<stopwatch>();
  samples first_p50;
  samples first_p99;
  samples tenth_p50;
  samples raw_first_p50;
  samples raw_tenth_p50;
  std::minstd_rand random{20261124};
  // Long enough for every runtime to be idle again, and never in step with anything.
  const auto pause = [&] {
    std::this_thread::sleep_for(10ms + std::chrono::microseconds{random() % 10'000});
  };
  for (int run = 0; run < wanted.runs; ++run) {
    bench_database on{wanted.database};
    auto parts = parts_without_handlers(plan);
    parts.handlers.add("mark", [watch](const pipeline::job& job, const pipeline::context&) {
      watch->begin(job.stage);
      return pipeline::outcome{pipeline::advance{}};
    });
    const live_runtime serving{settings_for(on, wanted), parts};
    storage::connection client{on.settings()};
    storage::job_store store{client, pipelines};
    std::vector<double> first;
    std::vector<double> tenth;
    // The first ones wait for the runtime to start.
    for (std::int64_t i = -5; i < jobs; ++i) {
      watch->reset(count);
      const auto begin = clock::now();
      const storage::new_job job;
      store.submitter.enqueue({&job, 1}, system_clock{}.now());
      const auto [began, last] = watch->wait();
      pause();
      if (i < 0)
        continue;
      first.push_back(ms(began - begin));
      tenth.push_back(ms(last - begin));
    }
    first_p50.add(quantile(first, 0.5));
    first_p99.add(quantile(first, 0.99));
    tenth_p50.add(quantile(tenth, 0.5));
    add_raw_latency(wanted, plan, jobs, pause, raw_first_p50, raw_tenth_p50);
  }
  return {{"first handler p50", "ms", first_p50},
          {"first handler p99", "ms", first_p99},
          {"claimed p50, raw SQL", "ms", raw_first_p50},
          {"ten stages p50", "ms", tenth_p50},
          {"ten stages p50, raw SQL", "ms", raw_tenth_p50}};
}

std::vector<figure> measure_idle(const options& wanted) {
  const auto window = wanted.jobs > 0 ? std::chrono::milliseconds{wanted.jobs} : 5s;
  samples share;
  for (int run = 0; run < wanted.runs; ++run) {
    bench_database on{wanted.database};
    const live_runtime serving{settings_for(on, wanted), parts_of(stages(1))};
    // Until it has started and settled down.
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(window, 1s));
    const auto before = processor_seconds();
    const auto took = time_of([&] { std::this_thread::sleep_for(window); });
    share.add(100 * (processor_seconds() - before) / took.count());
  }
  return {{"idle, of one core", "%", share}};
}

std::vector<figure> measure_memory(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 1'000'000;
  bench_database on{wanted.database};
  const auto plan = stages(1);
  peak_rss_mb_of([&] { enqueue(on, plan, jobs); });
  on.tidy();
  // Once: a run takes as long as a million jobs, and memory hardly varies.
  samples peak;
  peak.add(peak_rss_mb_of([&] { run_to_the_end(on, plan, wanted); }));
  return {{"memory, peak RSS", "MB", peak}};
}

}  // namespace millrace::benchmarks
