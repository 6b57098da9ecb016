#include "storage/runtimes/schedules.hpp"

#include "base/iso8601.hpp"
#include "base/seeded_fault.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/history/order_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;

/// For missed_runs::never, as no runtime looks at the very moment.
constexpr auto still_in_time = 1min;
/// A clock that goes back so far was wrong before, not now.
constexpr auto believable = 24h;
/// Of missed_runs::each, in one step.
constexpr std::size_t most_at_once = 1000;

/// Until a schedule is looked at again that another session holds.
constexpr duration look_for_held_schedule = 1s;

/// Until a schedule is looked at again whose last job has not ended, or that is paused.
constexpr duration look_for_end = 5s;

auto& prepared_schedule(connection& on, const std::string& name) {
  return on
      .prepared<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
          "find_schedule")
      .with("name", name);
}

/// A job of the schedule; `at` is the time that made it.
new_job job_of(const schedule& from, time_point at) {
  return {.pipeline = from.pipeline,
          .priority = from.priority,
          .correlation_id = fmt::format("schedule:{}:{}", from.name, to_iso8601(at)),
          .payload = from.payload,
          .tenant = from.tenant,
          .tags = from.tags};
}

/// Another session holds the row, and has not moved it on: it may never do so.
bool is_held(connection& on, const std::string& name, std::int64_t next_us) {
  const auto found = prepared_schedule(on, name).first();
  return found && std::get<1>(*found) == next_us;
}

/// What is due by now, in order, as far as it is to be made.
std::vector<time_point> to_be_made(const schedule& one, time_point first, time_point now) {
  if (one.missed == missed_runs::never && now - first > still_in_time)
    return {};
  std::vector<time_point> all{first};
  if (one.missed == missed_runs::each)
    for (auto due = one.due.next(first); due <= now && all.size() < most_at_once;
         due = one.due.next(due))
      all.push_back(due);
  return all;
}

}  // namespace

std::vector<known_schedule> list_schedules(connection& on) {
  return guarded("cannot read the schedules", [&] {
    std::vector<known_schedule> all;
    on.prepared<std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t,
                std::int64_t, std::string>("list_schedules")
        .each([&](const auto& name, const auto& cron, const auto& in, auto next, auto last,
                  auto job, auto paused, const auto& by) {
          all.push_back({name, cron, in, from_us(next),
                         last > 0 ? std::optional{from_us(last)} : std::nullopt, job,
                         paused > 0 ? std::optional{from_us(paused)} : std::nullopt, by});
        });
    return all;
  });
}

bool known_schedule::is_left(time_point now) const {
  return !paused_at && next_at + still_in_time < now;
}

bool pause_schedule(connection& on, const std::string& name, const std::string& by,
                    time_point now) {
  return guarded("cannot pause the schedule", [&] {
    transaction tx{on};
    const bool changed = on.prepared<>("pause_schedule")
                             .with("name", name)
                             .with("by", by)
                             .with("now", to_us(now))
                             .run() == 1;
    if (changed)
      record_order(on, fmt::format("the schedule {} is paused by {}", name, by), now);
    tx.commit();
    return changed;
  });
}

bool resume_schedule(connection& on, const std::string& name, const std::string& by,
                     time_point now) {
  return guarded("cannot resume the schedule", [&] {
    transaction tx{on};
    const auto found = prepared_schedule(on, name).first();
    if (!found)
      return false;
    const auto last = from_us(std::get<3>(*found));
    const auto next = cron{std::get<0>(*found)}.next(std::max(now, last));
    const bool changed = on.prepared<>("resume_schedule")
                             .with("name", name)
                             .with("next", to_us(next))
                             .with("now", to_us(now))
                             .run() == 1;
    if (changed)
      record_order(on, fmt::format("the schedule {} is resumed by {}", name, by), now);
    tx.commit();
    return changed;
  });
}

job_id run_schedule(connection& on, job_store& jobs, const schedule& which, const std::string& by,
                    time_point now) {
  return guarded("cannot run the schedule", [&] {
    transaction tx{on};
    const auto made = job_of(which, now);
    const auto id = jobs.submitter.enqueue({&made, 1}, now).front();
    on.prepared<>("record_job_by_hand").with("name", which.name).with("job", id).run();
    record_order(on, fmt::format("the schedule {} is run, with job {}, by {}", which.name, id, by),
                 now);
    tx.commit();
    return id;
  });
}

schedule_keeper::step_result schedule_keeper::step(connection& on, job_store& jobs,
                                                   time_point now) {
  return guarded("cannot keep the schedules", [&] {
    transaction tx{on};
    step_result result;
    for (const auto& one : all_)
      if (const auto next = keep(one, on, jobs, now, result.fired))
        result.next = std::min(result.next.value_or(*next), *next);
    tx.commit();
    has_begun_ = true;
    return result;
  });
}

/// When it is due next; nothing when another runtime keeps it otherwise.
std::optional<time_point> schedule_keeper::keep(const schedule& one, connection& on,
                                                job_store& jobs, time_point now,
                                                std::vector<fired_schedule>& fired) const {
  const auto found = prepared_schedule(on, one.name).first();
  const auto& in = jobs.context.pipelines.at(one.pipeline).name;
  if (!found) {
    const auto next = one.due.next(now);
    on.prepared<>("add_schedule")
        .with("name", one.name)
        .with("cron", one.due.text())
        .with("pipeline", in)
        .with("next", to_us(next))
        .with("now", to_us(now))
        .run();
    return next;
  }
  const auto& [cron, next_us, written_us, last_us, last_job, paused_us] = *found;
  if (paused_us > 0)
    return now + look_for_end;
  // Whatever the clock says: what was made is not made again.
  const auto last =
      MILLRACE_SEEDED_FAULT("a schedule moves behind") ? time_point{} : from_us(last_us);
  // clang 14, which scripts/fuzz builds with, captures a structured binding only by a name of its
  // own.
  const auto move_on = [&, &old_cron = cron, old_next = next_us,
                        old_last = last_us](time_point next) {
    return on.prepared<>("move_schedule")
               .with("name", one.name)
               .with("cron", one.due.text())
               .with("pipeline", in)
               .with("next", to_us(next))
               .with("now", to_us(now))
               .with("old_cron", old_cron)
               .with("old_next", old_next)
               .with("old_last", old_last)
               .run() == 1;
  };
  const auto due = from_us(next_us);
  const bool is_other = cron != one.due.text();
  if (is_other && has_begun_)
    return std::nullopt;
  if (is_other || from_us(written_us) > now + believable || due <= last) {
    const auto next = one.due.next(std::max(now, last));
    // One whose clock is behind must not write the row for ever.
    if (is_other || next != due)
      move_on(next);
    return next;
  }
  if (due > now)
    return due;
  const bool goes_on =
      one.overlap != overlap::allow && last_job != 0 && count_unfinished(on, {last_job}) > 0;
  if (goes_on && one.overlap == overlap::queue)
    return now + look_for_end;
  const auto making = goes_on ? std::vector<time_point>{} : to_be_made(one, due, now);
  const auto next =
      one.due.next(one.missed == missed_runs::each && !making.empty() ? making.back() : now);
  if (!move_on(next))
    return std::max(is_held(on, one.name, next_us) ? now + look_for_held_schedule : next, now);
  if (making.empty())
    return next;
  std::vector<new_job> made;
  for (const auto at : making)
    made.push_back(job_of(one, at));
  const auto ids = jobs.submitter.enqueue(made, now);
  for (std::size_t i = 0; i < ids.size(); ++i)
    fired.push_back({one.name, making[i], ids[i]});
  on.prepared<>("record_scheduled_job")
      .with("name", one.name)
      .with("last", to_us(making.back()))
      .with("job", ids.back())
      .run();
  return next;
}

}  // namespace millrace::storage
