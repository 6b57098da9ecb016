#include "benchmarks/cases.hpp"
#include "benchmarks/history.hpp"
#include "benchmarks/workload.hpp"
#include "storage/jobs/job_store.hpp"

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
      const auto now = system_clock{}.now();
      const auto claimed = store.claims.claim({1, batch}, now).jobs;
      if (claimed.empty())
        break;
      std::vector<storage::settlement> settled;
      for (const auto& job : claimed)
        settled.push_back({job, pipeline::advance{}, true});
      store.settler.settle(settled, now);
      done += static_cast<std::int64_t>(claimed.size());
    }
  });
  return took.count() * 1e6 / static_cast<double>(done);
}

/// Sizes of a table: none, ten thousand, ten times as many each time, and the largest.
std::vector<std::int64_t> sizes_up_to(std::int64_t most) {
  std::vector<std::int64_t> sizes{0};
  for (std::int64_t size = 10'000; size < most; size *= 10)
    sizes.push_back(size);
  sizes.push_back(most);
  return sizes;
}

}  // namespace

std::vector<figure> measure_scale(const options& wanted) {
  const auto most = wanted.jobs > 0 ? wanted.jobs : 5'000'000;
  const auto plan = stages(1);
  constexpr std::int64_t probes = 50'000;
  const auto probe = std::min(probes, std::max<std::int64_t>(most / 10, 1));
  std::vector<figure> all;
  for (const auto finished : sizes_up_to(most)) {
    bench_database on{wanted.database};
    add_finished(on.settings(), finished);
    on.tidy();
    samples cost;
    for (int run = 0; run < wanted.runs; ++run)
      cost.add(us_per_job(on, plan, probe, wanted.batch));
    all.push_back({fmt::format("scale, {} finished", finished), "us/job", cost});
  }
  const auto growth = ratio_of_medians(all.back().runs, all.front().runs);
  all.push_back({fmt::format("scale, {} finished, ratio to none", most), "", growth});
  return all;
}

}  // namespace millrace::benchmarks
