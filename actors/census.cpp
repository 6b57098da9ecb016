#include "actors/census.hpp"

#include "pipeline/check.hpp"
#include "storage/job_queries.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <variant>

namespace millrace::actors {

/// A connection, and what was counted through it last.
struct census::link {
  link(const storage::database_settings& database, const pipeline::catalog& pipelines,
       int crash_limit)
      : on{database}, jobs{on, pipelines, crash_limit} {}

  storage::connection on;
  storage::job_store jobs;
  std::optional<std::int64_t> counted_version;
  figures counted;
};

census::census(storage::database_settings database, const pipeline::catalog& pipelines,
               int crash_limit, const pipeline::clock& time)
    : database_(std::move(database)),
      pipelines_(pipelines),
      crash_limit_(crash_limit),
      time_(time) {}

census::~census() = default;

template <class Work>
auto census::with_database(Work&& work) {
  if (!link_ || link_->on.is_broken())
    link_ = std::make_unique<link>(database_, pipelines_, crash_limit_);
  return work(*link_);
}

figures census::count() {
  return with_database([&](link& in) {
    // Asked before, so that what is written meanwhile is counted the next time.
    const auto version = in.on.data_version();
    const auto now = time_.now();
    if (version != in.counted_version) {
      const auto began = std::chrono::steady_clock::now();
      in.counted.counts = in.jobs.counts();
      in.counted.paused = in.jobs.paused_stages();
      in.counted.took =
          std::chrono::duration_cast<pipeline::duration>(std::chrono::steady_clock::now() - began);
      in.counted_version = version;
    }
    in.counted.at = now;
    return in.counted;
  });
}

std::vector<storage::runtime_record> census::runtimes() {
  return with_database([](link& in) { return storage::list_runtimes(in.on); });
}

order_answer census::carry_out(const change_order& what) {
  using answer = std::variant<pipeline::change, pipeline::refusal>;
  return with_database([&](link& in) -> order_answer {
    // Our own writes do not change the version that this connection sees.
    in.counted_version.reset();
    const auto now = time_.now();
    const auto tell = [&](const answer& became) -> order_answer {
      if (const auto* refused = std::get_if<pipeline::refusal>(&became))
        return {false, refused->why};
      const auto job = storage::find_job(in.on, what.job);
      if (!job)
        return {true, fmt::format("job {} is gone", what.job)};
      return {true, fmt::format("job {} is {} at {}{}", what.job, to_string(job->state), job->stage,
                                job->cancel_requested ? ", and is told to end" : "")};
    };
    switch (what.what) {
      case order::pause:
        in.jobs.pause(what.pipeline, what.stage, what.by, now);
        return {true, fmt::format("{} of {} is paused", what.stage, what.pipeline)};
      case order::resume:
        in.jobs.resume(what.pipeline, what.stage, what.by, now);
        return {true, fmt::format("{} of {} is resumed", what.stage, what.pipeline)};
      case order::cancel:
        return tell(in.jobs.cancel(what.job, what.by, now));
      case order::replay:
        return tell(in.jobs.replay(what.job, what.stage, what.by, now));
      case order::drain:
      case order::stop:
        break;
    }
    return {false, "the database has nothing to do with that"};
  });
}

}  // namespace millrace::actors
