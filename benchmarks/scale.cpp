#include "benchmarks/cases.hpp"
#include "benchmarks/history.hpp"
#include "benchmarks/workload.hpp"
#include "storage/job_store.hpp"

#include <fmt/format.h>

namespace millrace::benchmarks {
namespace {

/// Microseconds a job for claiming and settling, without a runtime in between.
double us_per_job(const bench_database& in, const pipeline::definition& plan, std::int64_t jobs,
                  int batch) {
  enqueue(in, plan, jobs);
  const pipeline::catalog pipelines{{plan}};
  storage::connection on{in.settings()};
  storage::job_store store{on, pipelines};
  std::int64_t done = 0;
  const auto took = time_of([&] {
    for (;;) {
      const auto now = pipeline::system_clock{}.now();
      const auto claimed = store.claim({1, batch}, now).jobs;
      if (claimed.empty())
        break;
      std::vector<storage::settlement> settled;
      for (const auto& job : claimed)
        settled.push_back({job, pipeline::advance{}, true});
      store.settle(settled, now);
      done += static_cast<std::int64_t>(claimed.size());
    }
  });
  return took.count() * 1e6 / static_cast<double>(done);
}

}  // namespace

std::vector<figure> measure_scale(const options& wanted) {
  const auto most = wanted.jobs > 0 ? wanted.jobs : 5'000'000;
  const auto plan = stages(1);
  constexpr std::int64_t probes = 50'000;
  const auto probe = std::min(probes, std::max<std::int64_t>(most / 10, 1));
  std::vector<figure> all;
  samples empty;
  for (std::int64_t finished = 0; finished <= most;
       finished = finished == 0 ? std::min<std::int64_t>(10'000, most) : finished * 10) {
    bench_database on{wanted.database};
    if (finished > 0)
      add_finished(on.settings(), finished);
    on.tidy();
    samples cost;
    for (int run = 0; run < wanted.runs; ++run)
      cost.add(us_per_job(on, plan, probe, wanted.batch));
    if (finished == 0)
      empty = cost;
    all.push_back({fmt::format("scale, {} finished", finished), "us/job", cost});
    // The last step is the largest that was asked for.
    if (finished > 0 && finished < most && finished * 10 > most)
      finished = most / 10;
  }
  samples growth;
  growth.add(all.back().runs.median() / empty.median());
  all.push_back({fmt::format("scale, {} finished, ratio to none", most), "", growth});
  return all;
}

}  // namespace millrace::benchmarks
