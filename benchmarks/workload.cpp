#include "benchmarks/workload.hpp"

#include "benchmarks/onlooker.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

namespace millrace::benchmarks {
namespace {

using seconds = std::chrono::duration<double>;

/// Jobs in memory.
constexpr std::int64_t most_at_once = 1'000'000;

/// Jobs of four priorities, one after the other, or due in random order.
storage::new_job job_in(order how, std::int64_t number, time_point now, std::minstd_rand& random) {
  storage::new_job job;
  if (how == order::four_priorities)
    job.priority = static_cast<int>(number % 4);
  if (how == order::random)
    job.run_at = now - std::chrono::microseconds{random() % 1'000'000'000};
  return job;
}

/// Does nothing, as `noop`, but says how often.
actors::runtime_parts counting_parts(const pipeline::definition& plan,
                                     std::atomic<std::int64_t>& handled) {
  auto parts = parts_without_handlers(plan);
  pipeline::registry basic;
  pipeline::add_basic_handlers(basic);
  parts.handlers.add(
      "noop",
      [&handled, work = std::get<pipeline::handler>(basic.make("noop").work)](
          const pipeline::job& job, const pipeline::context& at) {
        handled.fetch_add(1, std::memory_order_relaxed);
        return work(job, at);
      },
      basic.make("noop").traits);
  return parts;
}

/// Gives up after a while: then a job is not done, which is found later.
time_point when_nothing_is_left(const storage::database_settings& settings) {
  storage::connection on{settings};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < deadline) {
    long long left = 0;
    on.session() << "select case when exists (select 1 from jobs where state in ('queued', "
                    "'retryable')) or exists (select 1 from jobs where state = 'working') then 1 "
                    "else 0 end",
        soci::into(left);
    if (left == 0)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return system_clock{}.now();
}

}  // namespace

pipeline::definition stages(int count, const std::string& handler) {
  pipeline::definition plan{"bench", {}};
  for (int i = 1; i <= count; ++i)
    plan.stages.push_back({.name = fmt::format("s{}", i), .handler = handler});
  return plan;
}

actors::runtime_parts parts_without_handlers(const pipeline::definition& plan) {
  actors::runtime_parts parts;
  parts.pipelines = pipeline::catalog{{plan}};
  return parts;
}

actors::runtime_parts parts_of(const pipeline::definition& plan) {
  auto parts = parts_without_handlers(plan);
  pipeline::add_basic_handlers(parts.handlers);
  return parts;
}

seconds enqueue(const bench_database& in, const pipeline::definition& plan, std::int64_t jobs,
                order how) {
  const auto now = system_clock{}.now();
  const pipeline::catalog pipelines{{plan}};
  storage::connection on{in.settings()};
  storage::job_store store{on, pipelines};
  std::minstd_rand random{20261124};
  seconds took{};
  for (std::int64_t first = 0; first < jobs; first += most_at_once) {
    std::vector<storage::new_job> some;
    const auto end = std::min(jobs, first + most_at_once);
    some.reserve(static_cast<std::size_t>(end - first));
    for (auto i = first; i < end; ++i)
      some.push_back(job_in(how, i, now, random));
    took += time_of([&] { store.submitter.enqueue(some, now); });
  }
  return took;
}

actors::runtime_settings settings_for(bench_database& on, const options& wanted) {
  actors::runtime_settings settings;
  settings.database = on.settings();
  settings.data_dir = on.new_data_dir();
  settings.version = "bench";
  settings.claim_batch = wanted.batch;
  settings.in_flight = 4 * wanted.batch;
  settings.writers = wanted.writers;
  return settings;
}

seconds run_to_the_end(bench_database& on, const pipeline::definition& plan, const options& wanted,
                       int runtimes, const on_progress& tell,
                       std::shared_ptr<pipeline::tracing::exporter> traces) {
  std::vector<actors::runtime_settings> settings;
  for (int i = 0; i < runtimes; ++i) {
    settings.push_back(settings_for(on, wanted));
    settings.back().until_idle = true;
  }
  const auto expected = ask(on.settings(), "select count(*) from jobs") *
                        static_cast<std::int64_t>(plan.stages.size());
  std::atomic<std::int64_t> handled = 0;
  std::atomic<std::size_t> ended = 0;
  std::vector<std::exception_ptr> failures(settings.size());
  time_point end;
  {
    std::vector<std::jthread> all;
    for (std::size_t i = 0; i < settings.size(); ++i)
      all.emplace_back([&, i] {
        try {
          auto parts = counting_parts(plan, handled);
          if (i == 0)
            parts.traces = std::move(traces);
          actors::run(settings[i], parts);
        } catch (...) {
          failures[i] = std::current_exception();
        }
        ++ended;
      });
    std::vector<std::unique_ptr<onlooker>> looking;
    for (const auto& one : settings)
      for (int i = 0; i < wanted.inspectors; ++i)
        looking.push_back(std::make_unique<onlooker>(one.data_dir));
    while (handled < expected && ended < settings.size()) {
      if (tell)
        tell(handled);
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    if (tell)
      tell(handled);
    end = when_nothing_is_left(on.settings());
  }
  for (const auto& failure : failures)
    if (failure)
      std::rethrow_exception(failure);
  if (const auto left = ask(on.settings(), "select count(*) from jobs where state <> 'done'"))
    throw std::runtime_error{fmt::format("{} jobs are not done", left)};
  const auto begin = from_us(ask(on.settings(), "select min(at) from events"));
  return end - begin;
}

double wal_bytes(const bench_database& on) {
  return static_cast<double>(
      ask(on.settings(), "select cast(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bigint)"));
}

double hot_share(const bench_database& on, const std::string& table) {
  return static_cast<double>(ask(
             on.settings(), fmt::format("select coalesce(1000 * n_tup_hot_upd / "
                                        "nullif(n_tup_upd, 0), 0) from pg_stat_user_tables "
                                        "where schemaname = current_schema() and relname = '{}'",
                                        table))) /
         1000;
}

std::int64_t ask(const storage::database_settings& on, const std::string& sql) {
  storage::connection one{on};
  long long answer = 0;
  one.session() << sql, soci::into(answer);
  return answer;
}

}  // namespace millrace::benchmarks
