#include "benchmarks/workload.hpp"

#include "storage/job_store.hpp"

#include <fmt/format.h>

#include <exception>
#include <random>
#include <stdexcept>
#include <thread>

namespace millrace::benchmarks {
namespace {

using seconds = std::chrono::duration<double>;

/// Jobs of four priorities, one after the other, or due in random order.
storage::new_job job_in(order how, std::int64_t number, pipeline::time_point now,
                        std::minstd_rand& random) {
  storage::new_job job;
  if (how == order::four_priorities)
    job.priority = static_cast<int>(number % 4);
  if (how == order::random)
    job.run_at = now - std::chrono::microseconds{random() % 1'000'000'000};
  return job;
}

}  // namespace

pipeline::definition stages(int count, const std::string& handler) {
  pipeline::definition plan{"bench", {}};
  for (int i = 1; i <= count; ++i)
    plan.stages.push_back({.name = fmt::format("s{}", i), .handler = handler});
  return plan;
}

actors::runtime_parts parts_of(const pipeline::definition& plan) {
  actors::runtime_parts parts;
  parts.pipelines = pipeline::catalog{{plan}};
  parts.services = std::make_shared<pipeline::ingest::service_directory>();
  pipeline::add_basic_handlers(parts.handlers);
  return parts;
}

seconds enqueue(const bench_database& in, const pipeline::definition& plan, std::int64_t jobs,
                order how) {
  const auto now = pipeline::system_clock{}.now();
  const pipeline::catalog pipelines{{plan}};
  storage::connection on{in.settings()};
  storage::job_store store{on, pipelines};
  std::minstd_rand random{20261124};
  std::vector<storage::new_job> all;
  all.reserve(static_cast<std::size_t>(jobs));
  for (std::int64_t i = 0; i < jobs; ++i)
    all.push_back(job_in(how, i, now, random));
  return time_of([&] { store.enqueue(all, now); });
}

actors::runtime_settings settings_for(bench_database& on, int batch) {
  actors::runtime_settings settings;
  settings.database = on.settings();
  settings.data_dir = on.new_data_dir();
  settings.version = "bench";
  settings.claim_batch = batch;
  settings.in_flight = 4 * batch;
  return settings;
}

seconds run_to_the_end(bench_database& on, const pipeline::definition& plan, int batch,
                       int runtimes) {
  std::vector<actors::runtime_settings> settings;
  for (int i = 0; i < runtimes; ++i) {
    settings.push_back(settings_for(on, batch));
    settings.back().until_idle = true;
  }
  std::vector<std::exception_ptr> failures(settings.size());
  {
    std::vector<std::jthread> all;
    for (std::size_t i = 0; i < settings.size(); ++i)
      all.emplace_back([&, i] {
        try {
          actors::run(settings[i], parts_of(plan));
        } catch (...) {
          failures[i] = std::current_exception();
        }
      });
  }
  const auto end = pipeline::system_clock{}.now();
  for (const auto& failure : failures)
    if (failure)
      std::rethrow_exception(failure);
  if (const auto left = ask(on.settings(), "select count(*) from jobs where state <> 'done'"))
    throw std::runtime_error{fmt::format("{} jobs are not done", left)};
  const auto begin = pipeline::from_us(ask(on.settings(), "select min(at) from events"));
  return end - begin;
}

std::int64_t ask(const storage::database_settings& on, const std::string& sql) {
  storage::connection one{on};
  long long answer = 0;
  one.session() << sql, soci::into(answer);
  return answer;
}

}  // namespace millrace::benchmarks
