#include "storage/retention.hpp"

#include "storage/job_queries.hpp"

#include <algorithm>

namespace millrace::storage {
namespace {

// Some milliseconds of work each.
constexpr std::int64_t jobs_at_once = 1000;
constexpr std::int64_t events_at_once = 2000;
/// Over ids that are gone the steps grow to this.
constexpr std::int64_t longest_stride = std::int64_t{1} << 40;

/// What happened before that is old; nothing is when it is kept for ever.
std::int64_t limit_us(pipeline::duration kept, pipeline::time_point now) {
  return kept.count() == 0 ? std::int64_t{0} : pipeline::to_us(now - kept);
}

}  // namespace

cleaned retention::step(connection& on, pipeline::time_point now) {
  return guarded("cannot delete what is old", [&] {
    transaction tx{on};
    cleaned result;
    if (!jobs_are_over_)
      jobs_are_over_ = !clean_jobs(on, now, result);
    result.more = !jobs_are_over_ || clean_events(on, now, result);
    if (!result.more)
      jobs_are_over_ = false;
    tx.commit();
    return result;
  });
}

/// A window of the jobs. False when the pass is over: at the end, or where no job is old enough to
/// have ended so long ago, for ids are given in the order of time. A window that is let go by
/// mistake, because somebody gave a job a time of his own, is passed when those before it have
/// grown old.
bool retention::clean_jobs(connection& on, pipeline::time_point now, cleaned& into) {
  const auto finished_before = limit_us(settings_.finished, now);
  const auto dead_before = limit_us(settings_.dead, now);
  const auto [until, first_made] = on.prepared<std::int64_t, std::int64_t>("job_window")
                                       .with("after", after_job_)
                                       .with("limit", jobs_at_once)
                                       .first()
                                       .value();
  if (until == 0 || first_made >= std::max(finished_before, dead_before)) {
    after_job_ = 0;
    return false;
  }
  into.jobs = on.prepared<>("delete_jobs")
                  .with("after", after_job_)
                  .with("until", until)
                  .with("finished_before", finished_before)
                  .with("dead_before", dead_before)
                  .run();
  if (into.jobs > 0)
    for (const auto* what : {"delete_details", "forget_keys", "forget_children", "forget_joins"})
      on.prepared<>(what).with("after", after_job_).with("until", until).run();
  after_job_ = until;
  return true;
}

/// The same of the events, which stand in the order of time: it is over where the first one is that
/// is to be kept. Over ids that are gone it goes with strides that grow, and shrink where something
/// is left, so that a step never deletes much.
bool retention::clean_events(connection& on, pipeline::time_point now, cleaned& into) {
  if (settings_.events.count() == 0 || after_event_ >= last_event_id(on))
    return false;
  stride_ = std::clamp(stride_, events_at_once, longest_stride);
  const auto until = after_event_ + stride_;
  if (stride_ == events_at_once)
    into.events = on.prepared<>("delete_events")
                      .with("after", after_event_)
                      .with("until", until)
                      .with("before", limit_us(settings_.events, now))
                      .run();
  const bool is_empty = std::get<0>(on.prepared<std::int64_t>("has_events")
                                        .with("after", after_event_)
                                        .with("until", until)
                                        .first()
                                        .value()) == 0;
  if (!is_empty) {
    const bool is_over = stride_ == events_at_once;
    stride_ /= 2;
    return !is_over;
  }
  after_event_ = until;
  if (into.events == 0)
    stride_ *= 2;
  return true;
}

}  // namespace millrace::storage
