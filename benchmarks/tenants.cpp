#include "benchmarks/cases.hpp"
#include "benchmarks/live_runtime.hpp"
#include "benchmarks/workload.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

// What it costs that no tenant stands in another's way, and that limits hold.
namespace millrace::benchmarks {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr int tenants = 20;

void submit(const bench_database& in, const pipeline::definition& plan,
            const std::vector<storage::new_job>& jobs) {
  const pipeline::catalog pipelines{{plan}};
  storage::connection on{in.settings()};
  storage::job_store{on, pipelines}.submitter.enqueue(jobs, system_clock{}.now());
}

double drain_rate(const options& wanted, std::int64_t jobs, bool has_tenants,
                  const pipeline::limits& limit) {
  auto plan = stages(1);
  plan.stages.front().limit = limit;
  bench_database on{wanted.database};
  std::vector<storage::new_job> all(static_cast<std::size_t>(jobs));
  if (has_tenants)
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i].tenant = fmt::format("tenant{}", i % tenants);
  submit(on, plan, all);
  on.tidy();
  return static_cast<double>(jobs) / run_to_the_end(on, plan, wanted).count();
}

/// When the handler began with a job of the tenant that has one.
class arrival {
 public:
  void tell() {
    const std::scoped_lock guard{mutex_};
    at_ = clock::now();
    changed_.notify_all();
  }

  clock::time_point wait() {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, 30s, [&] { return at_.has_value(); }))
      throw std::runtime_error{"the job of the other tenant has not begun in 30 s"};
    return *std::exchange(at_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<clock::time_point> at_;
};

/// From just before a submit to the beginning of its handler, behind another tenant's jobs of a
/// millisecond each.
void add_first_jobs(const options& wanted, std::int64_t jobs, samples& to) {
  const auto plan = stages(1, "work");
  bench_database on{wanted.database};
  submit(on, plan,
         std::vector<storage::new_job>(static_cast<std::size_t>(jobs), {.tenant = "many"}));
  arrival small;
  arrival many;
  auto parts = parts_without_handlers(plan);
  parts.handlers.add("work", [&](const pipeline::job& job, const pipeline::context&) {
    if (job.tenant == "one")
      small.tell();
    else
      many.tell();
    std::this_thread::sleep_for(1ms);
    return pipeline::outcome{pipeline::advance{}};
  });
  const live_runtime running{settings_for(on, wanted), std::move(parts)};
  many.wait();
  for (int i = 0; i < wanted.runs; ++i) {
    const auto before = clock::now();
    submit(on, plan, {{.tenant = "one"}});
    to.add(std::chrono::duration<double, std::milli>(small.wait() - before).count());
  }
}

}  // namespace

std::vector<figure> measure_tenants(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 200'000;
  // Wide enough to let everything through.
  const pipeline::limits limit{.concurrency = 8 * wanted.batch, .starts = {1'000'000, 1s}};
  samples plain;
  samples shared;
  samples limited;
  samples shared_ratio;
  samples limited_ratio;
  for (int run = 0; run < wanted.runs; ++run) {
    plain.add(drain_rate(wanted, jobs, false, {}));
    shared.add(drain_rate(wanted, jobs, true, {}));
    limited.add(drain_rate(wanted, jobs, false, limit));
    shared_ratio.add(shared.last() / plain.last());
    limited_ratio.add(limited.last() / plain.last());
  }
  samples first;
  add_first_jobs(wanted, jobs / 2, first);
  return {{"tenants, drain without", "jobs/s", plain},
          {"tenants, drain with twenty", "jobs/s", shared},
          {"tenants, ratio", "", shared_ratio},
          {"limits, drain with both", "jobs/s", limited},
          {"limits, ratio", "", limited_ratio},
          {"tenants, first job behind another's many", "ms", first}};
}

}  // namespace millrace::benchmarks
