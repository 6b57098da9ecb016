#include "storage/retention/retention.hpp"

#include "base/bounds.hpp"
#include "pipeline/job.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/retention/delete_jobs.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace millrace::storage {
namespace {

// Some milliseconds of work each.
constexpr std::int64_t jobs_at_once = 1000;
constexpr std::int64_t events_at_once = 2000;
/// With their payloads and events they are in memory at once.
constexpr std::size_t archived_at_once = 200;
/// Over ids that are gone the steps grow to this.
constexpr std::int64_t longest_stride = std::int64_t{1} << 40;

/// What is not seen, as a job that was committed late or a row that was changed by hand, is seen
/// after that time.
constexpr duration longest_quiet = std::chrono::days{1};
/// How long jobs are left to a runtime that is gone.
constexpr duration longest_absence = std::chrono::days{1};
/// What happened in that time before a job ended is still there when it is archived.
constexpr duration longest_history = std::chrono::days{1};

/// The shorter one; zero is for ever.
duration shorter(duration a, duration b) {
  return a.count() == 0 || (b.count() != 0 && b < a) ? b : a;
}

}  // namespace

duration kept_times::shortest() const { return shorter(finished, dead); }

duration retention_settings::shortest() const {
  auto least = shorter(finished, dead);
  for (const auto& [name, kept] : pipelines)
    least = shorter(least, kept.shortest());
  return least;
}

retention_settings with_pipelines(retention_settings settings, const pipeline::catalog& pipelines) {
  for (const auto& one : pipelines.pipelines())
    settings.pipelines[one.name] = {.finished = one.retention_finished.value_or(settings.finished),
                                    .dead = one.retention_dead.value_or(settings.dead)};
  return settings;
}

/// The next jobs, and what is to be done with them.
struct retention::window {
  std::int64_t until = 0;
  std::size_t rows = 0;
  time_point first_made{};
  /// In the order of their ids.
  std::vector<listed_job> due{};
  /// Of the first that is due.
  duration overdue{0};
  /// Where none is due: until when none will be.
  time_point quiet_until{};
};

retention::retention(const retention_settings& settings)
    : settings_(settings),
      archive_(settings.archives() ? std::make_shared<job_archive>(settings.archive) : nullptr),
      events_are_over_(settings.events.count() == 0) {}

cleaned retention::step(connection& on, time_point now) {
  return guarded("cannot delete what is old", [&] {
    cleaned result;
    partitions_.make_room(on, now);
    const bool jobs_turn = is_turn_of_jobs();
    if (jobs_turn)
      jobs_are_over_ = !clean_jobs(on, now, result);
    if (!jobs_turn || (jobs_are_over_ && !events_are_over_))
      events_are_over_ = !clean_events(on, now, result);
    result.more = !jobs_are_over_ || !events_are_over_;
    if (!result.more) {
      jobs_are_over_ = partitions_are_over_ = false;
      events_are_over_ = settings_.events.count() == 0;
    }
    return result;
  });
}

/// Jobs and events in turn, for either may grow old as fast as they are deleted. With an archive
/// the events wait for the jobs: what belongs to a job that is not archived yet stays.
bool retention::is_turn_of_jobs() {
  if (jobs_are_over_ || events_are_over_)
    return !jobs_are_over_;
  return archive_ || std::exchange(jobs_are_next_, !jobs_are_next_);
}

void retention::begin_pass(connection& on, time_point now) {
  pass_began_ = now;
  of_others_.clear();
  on.prepared<std::string>("served_pipelines")
      .with("since", to_us(now - longest_absence))
      .each([&](const std::string& name) {
        if (!settings_.pipelines.contains(name))
          of_others_.insert(name);
      });
}

/// A window of the jobs. False when the pass is over: at the end, or where no job is old enough to
/// have ended so long ago, for ids are given in the order of time. A window that is let go by
/// mistake, because a row was written with a time of its own, is passed when those before it have
/// grown old.
bool retention::clean_jobs(connection& on, time_point now, cleaned& into) {
  if (after_job_ == 0)
    begin_pass(on, now);
  after_job_ = quiet_.skip(after_job_, now);
  const auto shortest = settings_.shortest();
  auto next = shortest.count() == 0 ? window{} : look(on, now);
  if (next.rows == 0 || next.first_made >= now - shortest) {
    after_job_ = 0;
    return false;
  }
  if (next.due.empty()) {
    quiet_.remember(after_job_, next.until, next.rows, next.quiet_until);
  } else {
    into.jobs = delete_jobs(on, next.due, next.until, now);
    into.overdue = next.overdue;
  }
  after_job_ = next.until;
  return true;
}

retention::window retention::look(connection& on, time_point now) {
  window next{.quiet_until = now + longest_quiet};
  const auto most = archive_ ? archived_at_once : static_cast<std::size_t>(jobs_at_once);
  on.prepared<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
        "job_window")
      .with("after", after_job_)
      .with("limit", jobs_at_once)
      .each([&](std::int64_t id, const std::string& in, const std::string& state,
                std::int64_t epoch, std::int64_t created_at, std::int64_t updated_at) {
        if (next.due.size() == most)
          return;
        if (next.rows++ == 0)
          next.first_made = from_us(created_at);
        next.until = id;
        const auto times = times_of(in);
        // Whatever happens to it from now on.
        if (const auto soonest = times.shortest(); soonest.count() > 0)
          next.quiet_until = std::min(next.quiet_until, now + soonest);
        const auto is = pipeline::parse_job_state(state).value();
        const auto kept = is == pipeline::job_state::deadletter ? times.dead : times.finished;
        if (!pipeline::has_ended(is) || kept.count() == 0)
          return;
        const auto ends = std::min(from_us(updated_at), bounds::latest) + kept;
        next.quiet_until = std::min(next.quiet_until, ends);
        if (ends >= now)
          return;
        if (next.due.empty())
          next.overdue = now - ends;
        next.due.push_back({id, epoch});
      });
  return next;
}

kept_times retention::times_of(const std::string& in) const {
  if (const auto known = settings_.pipelines.find(in); known != settings_.pipelines.end())
    return known->second;
  return of_others_.contains(in) ? kept_times{} : kept_times{settings_.finished, settings_.dead};
}

/// Jobs are held, archived and deleted in one transaction where several runtimes may do so. Where
/// there is one writer, no other work must wait for its files: then they are looked at once more.
std::int64_t retention::delete_jobs(connection& on, const std::vector<listed_job>& due,
                                    std::int64_t until, time_point now) {
  std::optional<transaction> tx;
  if (!archive_ || on.is_shared())
    tx.emplace(on);
  auto held = hold_ended_jobs(on, due);
  if (archive_)
    archive_->add(on, held, now);
  if (!tx) {
    tx.emplace(on);
    // Only of what is archived.
    held = hold_ended_jobs(on, held);
  }
  const auto deleted = delete_held_jobs(on, held, after_job_, until);
  tx->commit();
  return deleted;
}

/// The same of the events, which stand in the order of time: it is over where the first one is that
/// is to be kept. Over ids that are gone it goes with strides that grow, and shrink where something
/// is left, so that a step never deletes much.
bool retention::clean_events(connection& on, time_point now, cleaned& into) {
  if (after_event_ >= last_event_id(on))
    return false;
  if (!std::exchange(partitions_are_over_, true)) {
    const auto dropped = partitions_.drop(on, now, events_limit(now), settings_.events);
    into.partitions = dropped.partitions;
    if (dropped.is_over)
      return false;
  }
  stride_ = std::clamp(stride_, events_at_once, longest_stride);
  const auto until = after_event_ + stride_;
  if (stride_ == events_at_once)
    into.events = on.prepared<>("delete_events")
                      .with("after", after_event_)
                      .with("until", until)
                      .with("before", to_us(events_limit(now)))
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

time_point retention::events_limit(time_point now) const {
  return archive_ ? pass_began_ - settings_.events - longest_history : now - settings_.events;
}

}  // namespace millrace::storage
