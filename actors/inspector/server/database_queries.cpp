#include "actors/inspector/server/database_queries.hpp"

#include "actors/inspector/server/build_rows.hpp"
#include "storage/history/claimed_jobs.hpp"
#include "storage/history/event_follower.hpp"
#include "storage/history/explain.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/history/order_event.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "storage/jobs/job_counts.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace millrace::actors {
namespace {

/// A piece of the dead: so many at most, among so many ids. Some milliseconds of work.
constexpr std::int64_t dead_batch = 500;
constexpr std::int64_t dead_span = 100'000;

std::string describe(const send_back_dead& what) {
  std::string which;
  for (const auto& [name, value] :
       {std::pair{"pipeline", &what.pipeline}, {"stage", &what.stage}, {"code", &what.code}})
    if (!value->empty())
      which += fmt::format("{}{} {}", which.empty() ? " of " : ", ", name, *value);
  return fmt::format("all dead jobs{} are sent back to {} by {}", which,
                     what.from.empty() ? "where each died" : what.from, what.by);
}

std::int64_t bounded(std::int64_t limit) {
  return std::clamp<std::int64_t>(limit, 1, most_records);
}

}  // namespace

/// A connection, and what was counted through it last.
struct inspector_queries::link {
  link(const storage::database_settings& database, const pipeline::catalog& pipelines,
       const storage::job_rules& rules)
      : on{database}, jobs{on, pipelines, rules}, horizon{on} {}

  storage::connection on;
  storage::job_store jobs;
  storage::event_horizon horizon;
  std::optional<std::int64_t> counted_version;
  figures counted;
};

inspector_queries::inspector_queries(storage::database_settings database,
                                     std::filesystem::path data_dir,
                                     const pipeline::catalog& pipelines,
                                     const storage::job_rules& rules, const millrace::clock& time)
    : database_(std::move(database)),
      data_dir_(std::move(data_dir)),
      pipelines_(pipelines),
      rules_(rules),
      time_(time) {}

inspector_queries::~inspector_queries() = default;

template <class Work>
auto inspector_queries::with_database(Work&& work) {
  if (!link_ || link_->on.is_broken())
    link_ = std::make_unique<link>(database_, pipelines_, rules_);
  return work(*link_);
}

figures inspector_queries::count() {
  return with_database([&](link& in) {
    // Asked before, so that what is written meanwhile is counted the next time.
    const auto version = in.on.data_version();
    const auto now = time_.now();
    if (version != in.counted_version) {
      const auto began = std::chrono::steady_clock::now();
      in.counted.counts = storage::count_jobs(in.on);
      in.counted.paused = storage::paused_stages(in.on, pipelines_);
      in.counted.took =
          std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - began);
      in.counted_version = version;
    }
    in.counted.at = now;
    return in.counted;
  });
}

std::vector<storage::runtime_record> inspector_queries::runtimes() {
  return with_database([](link& in) { return storage::list_runtimes(in.on); });
}

jobs_view inspector_queries::jobs(const get_jobs& filter) {
  return with_database([&](link& in) {
    auto jobs = storage::list_jobs(in.on, {.state = filter.state,
                                           .pipeline = filter.pipeline,
                                           .stage = filter.stage,
                                           .limit = bounded(filter.limit)});
    storage::note_begun(in.on, jobs, storage::read_journal(data_dir_));
    return jobs_view{.jobs = build_list_rows(std::move(jobs))};
  });
}

job_view inspector_queries::job(pipeline::job_id id) {
  return with_database([&](link& in) {
    const auto hands = storage::read_journal(data_dir_);
    const auto why = storage::explain(in.on, pipelines_, id, time_.now(), rules_, hands);
    auto job = storage::find_job(in.on, id);
    if (job)
      storage::note_begun(in.on, {&*job, 1}, hands);
    job_view view{.reason = std::string{why.reason},
                  .text = why.text,
                  .next = why.next,
                  .events = build_rows(
                      storage::list_events(in.on, {.job = id, .after = 0, .limit = most_records}))};
    if (job)
      view.job = build_row(*std::move(job));
    return view;
  });
}

events_view inspector_queries::events(const get_events& filter) {
  const auto limit = bounded(filter.limit);
  return with_database([&](link& in) {
    auto after = filter.after;
    if (after < 0)
      after = filter.job || !filter.code.empty()
                  ? 0
                  : std::max<std::int64_t>(0, storage::last_event_id(in.on) - limit);
    auto page = storage::read_page(
        in.on, in.horizon,
        {.job = filter.job, .code = filter.code, .after = after, .limit = limit});
    return events_view{.events = build_rows(std::move(page.events)), .next_after = page.next_after};
  });
}

sent_back_view inspector_queries::send_back(const send_back_dead& what) {
  return with_database([&](link& in) {
    in.counted_version.reset();
    // Once for all of its pieces.
    if (what.after == 0)
      storage::record_order(in.on, describe(what), time_.now());
    const auto until = what.after + dead_span;
    const auto dead = storage::list_ended(in.on, {.pipeline = what.pipeline,
                                                  .stage = what.stage,
                                                  .code = what.code,
                                                  .after = what.after,
                                                  .until = until,
                                                  .limit = dead_batch});
    const auto became = in.jobs.bulk.replay_ended(dead.jobs, what.from, what.by, time_.now());
    sent_back_view view{.replayed = became.replayed, .changed = became.changed};
    for (const auto& [why, count] : became.refused)
      view.refused.push_back({why, count});
    if (static_cast<std::int64_t>(dead.jobs.size()) == dead_batch)
      view.next_after = dead.jobs.back().id;
    else if (!dead.is_last)
      view.next_after = until;
    return view;
  });
}

void inspector_queries::record(const std::string& what) {
  with_database([&](link& in) { storage::record_order(in.on, what, time_.now()); });
}

order_answer inspector_queries::carry_out(const change_order& what) {
  using answer = std::variant<pipeline::change, pipeline::rejection>;
  return with_database([&](link& in) -> order_answer {
    // Our own writes do not change the version that this connection sees.
    in.counted_version.reset();
    const auto now = time_.now();
    const auto tell = [&](const answer& became) -> order_answer {
      if (const auto* refused = std::get_if<pipeline::rejection>(&became))
        return {false, refused->why};
      const auto job = storage::find_job(in.on, what.job);
      if (!job)
        return {true, fmt::format("job {} is gone", what.job)};
      return {true, fmt::format("job {} is {} at {}{}", what.job, to_string(job->state), job->stage,
                                job->cancel_requested ? ", and is told to end" : "")};
    };
    switch (what.what) {
      case order::pause:
        in.jobs.control.pause(what.pipeline, what.stage, what.by, now);
        return {true, fmt::format("{} of {} is paused", what.stage, what.pipeline)};
      case order::resume:
        in.jobs.control.resume(what.pipeline, what.stage, what.by, now);
        return {true, fmt::format("{} of {} is resumed", what.stage, what.pipeline)};
      case order::cancel:
        return tell(in.jobs.control.cancel(what.job, what.by, now));
      case order::retry:
        return tell(in.jobs.control.retry(what.job, what.by, now));
      case order::replay:
        return tell(in.jobs.control.replay(what.job, what.stage, what.by, now));
      case order::drain:
      case order::stop:
        break;
    }
    return {false, "the database has nothing to do with that"};
  });
}

}  // namespace millrace::actors
