#include "storage/jobs/ended_jobs.hpp"

#include "storage/history/event_rows.hpp"
#include "storage/jobs/job_windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace millrace::storage {

ended_list list_ended(connection& on, const ended_filter& filter) {
  using place = std::tuple<std::string, std::string, std::string>;
  return guarded("cannot look for ended jobs", [&] {
    ended_list found;
    std::map<place, std::int64_t> counts;
    const auto is_full = [&] {
      return filter.limit && static_cast<std::int64_t>(found.jobs.size()) >= *filter.limit;
    };
    const auto highest = std::get<0>(on.prepared<std::int64_t>("last_job_id").first().value());
    const auto end = std::min(highest, filter.until.value_or(highest));
    job_windows all{on, {filter.after + 1, end}};
    for (auto some = all.next(); some && !is_full(); some = all.next())
      on.prepared<std::int64_t, std::int64_t, std::string, std::string, std::string>("ended_jobs")
          .with("first", some->first)
          .with("last", some->last)
          .with("state", pipeline::to_string(filter.state))
          .with("pipeline", filter.pipeline)
          .with("stage", filter.stage)
          .with("code", filter.code)
          .each([&](std::int64_t id, std::int64_t epoch, const std::string& in,
                    const std::string& stage, const std::string& code) {
            if (is_full())
              return;
            found.jobs.push_back({id, epoch});
            // What went wrong on the way of one that did not die of it does not matter.
            ++counts[{in, stage, filter.state == pipeline::job_state::deadletter ? code : ""}];
          });
    found.is_last = highest <= end;
    for (const auto& [where, count] : counts) {
      const auto& [in, stage, code] = where;
      found.counts.push_back({in, stage, code, count});
    }
    return found;
  });
}

std::optional<std::string> ended_before(connection& on, const pipeline::job& job,
                                        const pipeline::definition& in,
                                        const std::string& from_stage) {
  const auto from = in.find_stage(from_stage);
  if (job.state != pipeline::job_state::done || !from || *from <= job.stage)
    return std::nullopt;
  // One that went through all stages that there were then may be sent to one that is new.
  std::vector<event_record> last;
  read_events(event_rows(on, "newest_landmarks").with("job", job.id).with("limit", 1), last);
  if (last.empty() || last.front().type != "finalized")
    return std::nullopt;
  return fmt::format("ended at {} with {} and never came to {}", in.stages.at(job.stage).name,
                     last.front().code, from_stage);
}

namespace {

/// The jobs that the statement finds. Those at work are only counted, unless they are `listed`.
movable_list list_by_state(connection& on, const movable_filter& filter, std::string_view statement,
                           bool working_listed) {
  using place = std::tuple<std::string, std::string, std::string>;
  movable_list found;
  std::map<place, std::int64_t> counts;
  const auto is_full = [&] {
    return filter.limit && static_cast<std::int64_t>(found.jobs.size()) >= *filter.limit;
  };
  job_windows all{on};
  for (auto some = all.next(); some && !is_full(); some = all.next())
    on.prepared<std::int64_t, std::int64_t, std::string, std::string, std::string>(statement)
        .with("first", some->first)
        .with("last", some->last)
        .with("state", filter.state ? pipeline::to_string(*filter.state) : "")
        .with("pipeline", filter.pipeline)
        .with("stage", filter.stage)
        .with("code", filter.code)
        .each([&](std::int64_t id, std::int64_t epoch, const std::string& in,
                  const std::string& stage, const std::string& state) {
          const bool is_at_work = state == "working";
          found.at_work += static_cast<std::int64_t>(is_at_work);
          if ((is_at_work && !working_listed) || is_full())
            return;
          found.jobs.push_back({id, epoch});
          ++counts[{in, stage, state}];
        });
  for (const auto& [where, count] : counts) {
    const auto& [in, stage, state] = where;
    found.counts.push_back({in, stage, state, count});
  }
  return found;
}

}  // namespace

movable_list list_movable(connection& on, const movable_filter& filter) {
  return guarded("cannot look for jobs to move",
                 [&] { return list_by_state(on, filter, "movable_jobs", false); });
}

movable_list list_unfinished(connection& on, const movable_filter& filter) {
  return guarded("cannot look for unfinished jobs",
                 [&] { return list_by_state(on, filter, "unfinished_jobs", true); });
}

sent_back& sent_back::operator+=(const sent_back& more) {
  replayed += more.replayed;
  changed += more.changed;
  for (const auto& [why, count] : more.refused)
    refused[why] += count;
  for (const auto& [why, count] : more.skipped)
    skipped[why] += count;
  return *this;
}

}  // namespace millrace::storage
