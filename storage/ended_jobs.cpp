#include "storage/ended_jobs.hpp"

#include "storage/id_list.hpp"
#include "storage/job_store.hpp"
#include "storage/unique_keys.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace millrace::storage {

ended_list list_ended(connection& on, const ended_filter& filter) {
  constexpr std::int64_t window = 20'000;
  using place = std::tuple<std::string, std::string, std::string>;
  return guarded("cannot look for ended jobs", [&] {
    ended_list found;
    std::map<place, std::int64_t> counts;
    const auto is_full = [&] {
      return filter.limit && static_cast<std::int64_t>(found.jobs.size()) >= *filter.limit;
    };
    const auto [lowest, highest] =
        on.prepared<std::int64_t, std::int64_t>("job_id_range").first().value();
    const auto end = std::min(highest, filter.until.value_or(highest)) + 1;
    for (auto first = std::max(lowest, filter.after + 1); first < end && !is_full();
         first += window)
      on.prepared<std::int64_t, std::int64_t, std::string, std::string, std::string>("ended_jobs")
          .with("first", first)
          .with("first_after", std::min(first + window, end))
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
    found.is_last = highest < end;
    for (const auto& [where, count] : counts) {
      const auto& [in, stage, code] = where;
      found.counts.push_back({in, stage, code, count});
    }
    return found;
  });
}

sent_back& sent_back::operator+=(const sent_back& more) {
  replayed += more.replayed;
  changed += more.changed;
  for (const auto& [why, count] : more.refused)
    refused[why] += count;
  return *this;
}

/// A job whose unique key another one holds now stays where it is.
void job_store::drop_without_key(std::vector<pending_change>& changes, sent_back& result) {
  std::vector<job_id> back;
  for (const auto& one : changes)
    back.push_back(one.job->id);
  const auto refused = retake_keys(on_, back);
  if (refused.empty())
    return;
  std::erase_if(changes, [&](const auto& one) { return refused.contains(one.job->id); });
  result.refused["another job holds their unique key now"] +=
      static_cast<std::int64_t>(refused.size());
}

sent_back job_store::replay_ended(std::span<const ended_job> jobs, const std::string& from_stage,
                                  const std::string& by, time_point now) {
  return guarded("cannot replay jobs", [&] {
    id_list ids{on_.dialect(), jobs.size()};
    std::unordered_map<job_id, std::int64_t> epochs;
    for (const auto& one : jobs) {
      ids.add(one.id);
      epochs.emplace(one.id, one.epoch);
    }
    transaction tx{on_};
    job_loader loader{pipelines_, stages_};
    const auto found = loader.load(prepared_jobs(on_, "read_jobs").with("ids", ids.finish()));
    sent_back result;
    std::vector<pending_change> changes;
    changes.reserve(found.size());
    for (const auto& [job, in] : found) {
      // Its epoch says all: a job that was sent back and died again is another case.
      if (job.epoch != epochs.at(job.id))
        continue;
      const auto& from = from_stage.empty() ? in->stages.at(job.stage).name : from_stage;
      auto decided =
          pipeline::apply(job, pipeline::replay{from, by}, {*in, now, false, rules_.crash_limit});
      if (auto* to = std::get_if<pipeline::change>(&decided))
        changes.push_back({&job, in, std::move(*to), fate::lost});
      else
        ++result.refused[std::get<pipeline::refusal>(decided).why];
    }
    drop_without_key(changes, result);
    write(changes, now);
    std::map<job_id, const pending_change*> held;
    job_ids replayed;
    for (const auto& one : changes)
      if (one.became == fate::held) {
        held.emplace(one.job->id, &one);
        replayed.insert(one.job->id);
      }
    for (const auto parent : parents_among(on_, replayed))
      reach_children(parent, *held.at(parent)->in, held.at(parent)->to.stage);
    std::int64_t refused = 0;
    for (const auto& [why, count] : result.refused)
      refused += count;
    result.replayed = static_cast<std::int64_t>(replayed.size());
    result.changed = static_cast<std::int64_t>(jobs.size()) - result.replayed - refused;
    if (result.replayed > 0)
      on_.prepared<std::int64_t>("notify_jobs").first();
    tend_at_once(now);
    tx.commit();
    return result;
  });
}

}  // namespace millrace::storage
