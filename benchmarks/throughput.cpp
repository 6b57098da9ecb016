#include "benchmarks/cases.hpp"
#include "benchmarks/raw_sql.hpp"
#include "benchmarks/workload.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace millrace::benchmarks {
namespace {

constexpr int ten = 10;

std::int64_t jobs_or(const options& wanted, std::int64_t sqlite, std::int64_t postgres) {
  if (wanted.jobs > 0)
    return wanted.jobs;
  return wanted.database == "sqlite" ? sqlite : postgres;
}

/// One run on a new database: `count` things a second.
template <class Run>
double rate(const options& wanted, const pipeline::definition& plan, std::int64_t jobs,
            std::int64_t count, order how, Run run) {
  bench_database on{wanted.database};
  enqueue(on, plan, jobs, how);
  on.tidy();
  return static_cast<double>(count) / run(on).count();
}

/// The rates of a runtime and of the raw statements, in turns, and their ratio.
struct side_by_side {
  samples runtime;
  samples raw;
  samples ratio;
  /// Bytes that the runtime's work on a job adds to the server's WAL: PostgreSQL.
  samples wal;
  /// Updates of `jobs` that left its indexes alone, of all: PostgreSQL.
  samples hot;
};

options with_one_writer(options wanted) {
  wanted.writers = 1;
  return wanted;
}

/// A runtime with one writer, for the statements have one connection.
side_by_side compare(const options& wanted, int stage_count, std::int64_t jobs, order how) {
  const auto plan = stages(stage_count);
  const auto count = jobs * stage_count;
  side_by_side all;
  for (int i = 0; i < wanted.runs; ++i) {
    all.raw.add(rate(wanted, plan, jobs, count, how,
                     [&](bench_database& on) { return run_raw_sql(on, plan, wanted.batch); }));
    all.runtime.add(rate(wanted, plan, jobs, count, how, [&](bench_database& on) {
      const auto before = on.is_shared() ? wal_bytes(on) : 0;
      const auto took = run_to_the_end(on, plan, with_one_writer(wanted));
      if (on.is_shared()) {
        all.wal.add((wal_bytes(on) - before) / static_cast<double>(jobs));
        all.hot.add(hot_share(on, "jobs"));
      }
      return took;
    }));
    all.ratio.add(all.runtime.last() / all.raw.last());
  }
  return all;
}

samples run_often(const options& wanted, int stage_count, std::int64_t jobs, order how,
                  int runtimes = 1) {
  const auto plan = stages(stage_count);
  samples rates;
  for (int i = 0; i < wanted.runs; ++i)
    rates.add(rate(wanted, plan, jobs, jobs * stage_count, how,
                   [&](bench_database& on) { return run_to_the_end(on, plan, wanted, runtimes); }));
  return rates;
}

/// What was compared; first the runtime with all its writers, where it may have several.
std::vector<figure> figures_of(const std::string& name, const std::string& unit,
                               const options& wanted, const side_by_side& both, int stage_count,
                               std::int64_t jobs) {
  std::vector<figure> all;
  // An embedded database has one writer.
  if (wanted.database != "sqlite") {
    all.push_back({name, unit, run_often(wanted, stage_count, jobs, order::ordered)});
    all.push_back({name + ", one writer", unit, both.runtime});
    all.push_back({name + ", WAL per job", "bytes", both.wal});
    all.push_back({name + ", HOT updates of jobs, share", "", both.hot});
  } else {
    all.push_back({name, unit, both.runtime});
  }
  all.push_back({name + ", raw SQL", unit, both.raw});
  all.push_back({name + ", ratio to raw SQL", "", both.ratio});
  return all;
}

}  // namespace

std::vector<figure> measure_transitions(const options& wanted) {
  const auto jobs = jobs_or(wanted, 200'000, 50'000);
  const auto both = compare(wanted, ten, jobs, order::ordered);
  auto all = figures_of("transitions", "1/s", wanted, both, ten, jobs);
  const auto add = [&](const std::string& name, const samples& rates) {
    all.push_back({name, "1/s", rates});
    all.push_back({name + ", ratio", "", ratio_of_medians(rates, both.runtime)});
  };
  add("transitions, four priorities",
      run_often(with_one_writer(wanted), ten, jobs, order::four_priorities));
  const auto random = compare(wanted, ten, jobs, order::random);
  add("transitions, random order", random.runtime);
  all.push_back({"transitions, random order, ratio to raw SQL", "", random.ratio});
  if (wanted.database != "sqlite")
    all.push_back(
        {"transitions, two runtimes", "1/s", run_often(wanted, ten, 2 * jobs, order::ordered, 2)});
  return all;
}

std::vector<figure> measure_drain(const options& wanted) {
  const auto jobs = jobs_or(wanted, 500'000, 200'000);
  return figures_of("drain", "jobs/s", wanted, compare(wanted, 1, jobs, order::ordered), 1, jobs);
}

std::vector<figure> measure_limit(const options& wanted) {
  std::vector<figure> all;
  for (const int count : {ten, 1}) {
    const auto plan = stages(count);
    const auto jobs = jobs_or(wanted, 500'000, 200'000) / count;
    samples rates;
    for (int i = 0; i < wanted.runs; ++i)
      rates.add(rate(wanted, plan, jobs, jobs * count, order::ordered,
                     [&](bench_database& on) { return run_raw_sql(on, plan, wanted.batch); }));
    all.push_back({count == 1 ? "limit, one stage" : "limit, ten stages", "1/s", rates});
  }
  return all;
}

std::vector<figure> measure_enqueue(const options& wanted) {
  const auto jobs = jobs_or(wanted, 500'000, 200'000);
  samples rates;
  for (int i = 0; i < wanted.runs; ++i) {
    const bench_database on{wanted.database};
    rates.add(static_cast<double>(jobs) / enqueue(on, stages(1), jobs).count());
  }
  return {{"enqueue", "jobs/s", rates}};
}

}  // namespace millrace::benchmarks
