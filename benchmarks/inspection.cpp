#include "benchmarks/cases.hpp"
#include "benchmarks/workload.hpp"

namespace millrace::benchmarks {
namespace {

constexpr int stage_count = 10;

double rate(const options& wanted, std::int64_t jobs, int inspectors) {
  auto watched = wanted;
  watched.inspectors = inspectors;
  const auto plan = stages(stage_count);
  bench_database on{wanted.database};
  enqueue(on, plan, jobs);
  on.tidy();
  return static_cast<double>(jobs * stage_count) / run_to_the_end(on, plan, watched).count();
}

}  // namespace

std::vector<figure> measure_inspection(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 200'000;
  samples alone;
  samples watched;
  samples ratio;
  for (int run = 0; run < wanted.runs; ++run) {
    alone.add(rate(wanted, jobs, 0));
    watched.add(rate(wanted, jobs, 3));
    ratio.add(watched.last() / alone.last());
  }
  return {{"inspection, transitions without inspectors", "1/s", alone},
          {"inspection, transitions with three inspectors", "1/s", watched},
          {"inspection, ratio", "", ratio}};
}

}  // namespace millrace::benchmarks
