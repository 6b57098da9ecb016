#include "benchmarks/cases.hpp"
#include "benchmarks/history.hpp"
#include "benchmarks/workload.hpp"

namespace millrace::benchmarks {
namespace {

/// What becomes of old jobs.
enum class retention_mode { stay, go, go_archived };

/// Jobs a second through one stage, on a table with `old` jobs that ended long ago.
double drain_rate(const options& wanted, std::int64_t jobs, std::int64_t old, retention_mode what,
                  std::int64_t& deleted) {
  const auto plan = stages(1);
  bench_database on{wanted.database};
  add_finished(on.settings(), old);
  enqueue(on, plan, jobs);
  on.tidy();
  auto settings = settings_for(on, wanted);
  settings.until_idle = true;
  settings.retention_interval = std::chrono::milliseconds{10};
  if (what == retention_mode::stay)
    settings.retention = {.finished = {}, .dead = {}, .events = {}};
  if (what == retention_mode::go_archived)
    settings.retention.archive = settings.data_dir / "archive";
  const auto took = time_of([&] { actors::run(settings, parts_of(plan)); });
  deleted = old + jobs - ask(on.settings(), "select count(*) from jobs");
  return static_cast<double>(jobs) / took.count();
}

}  // namespace

std::vector<figure> measure_retention(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 200'000;
  samples undisturbed;
  samples deleting;
  samples archiving;
  samples ratio;
  samples ratio_archiving;
  samples gone;
  samples archived;
  for (int run = 0; run < wanted.runs; ++run) {
    std::int64_t deleted = 0;
    undisturbed.add(drain_rate(wanted, jobs, 2 * jobs, retention_mode::stay, deleted));
    deleting.add(drain_rate(wanted, jobs, 2 * jobs, retention_mode::go, deleted));
    ratio.add(deleting.last() / undisturbed.last());
    gone.add(static_cast<double>(deleted));
    archiving.add(drain_rate(wanted, jobs, 2 * jobs, retention_mode::go_archived, deleted));
    ratio_archiving.add(archiving.last() / undisturbed.last());
    archived.add(static_cast<double>(deleted));
  }
  return {{"retention, drain undisturbed", "jobs/s", undisturbed},
          {"retention, drain while it deletes", "jobs/s", deleting},
          {"retention, ratio to undisturbed", "", ratio},
          {"retention, jobs deleted meanwhile", "", gone},
          {"retention, drain while it archives", "jobs/s", archiving},
          {"retention, ratio to undisturbed, archiving", "", ratio_archiving},
          {"retention, jobs archived meanwhile", "", archived}};
}

}  // namespace millrace::benchmarks
