#include "storage/jobs/bulk_control.hpp"

#include "storage/db/id_list.hpp"
#include "storage/jobs/job_rows.hpp"
#include "storage/jobs/queue_limit.hpp"
#include "storage/jobs/unique_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::storage {
namespace {

/// The pipeline where a job is to go, with the stage where it stands at the end: so that the
/// transition table, and what is written, know both.
const pipeline::definition& with_old_stage(std::deque<pipeline::definition>& made,
                                           const pipeline::definition& to,
                                           const std::string& old_stage) {
  for (const auto& one : made)
    if (one.stages.back().name == old_stage)
      return one;
  auto both = to;
  both.stages.emplace_back().name = old_stage;
  return made.emplace_back(std::move(both));
}

/// A job whose unique key another one holds now stays where it is.
void drop_without_key(connection& on, std::vector<pending_change>& changes, sent_back& result,
                      const std::string& in_pipeline = {}) {
  std::vector<job_id> back;
  for (const auto& one : changes)
    back.push_back(one.job->id);
  const auto refused = retake_keys(on, back, in_pipeline);
  if (refused.empty())
    return;
  std::erase_if(changes, [&](const auto& one) { return refused.contains(one.job->id); });
  result.refused["another job holds their unique key now"] +=
      static_cast<std::int64_t>(refused.size());
}

/// Of jobs that are locked, and are about to be changed; `from` has their pipelines.
void change_pipeline(connection& on, std::vector<pending_change>& changes,
                     const std::map<job_id, std::string>& from, const std::string& to,
                     sent_back& result) {
  std::map<std::string, std::vector<job_id>> leaving;
  drop_without_key(on, changes, result, to);
  for (const auto& one : changes)
    if (const auto& own = from.at(one.job->id); own != to)
      leaving[own].push_back(one.job->id);
  for (const auto& [own, jobs] : leaving) {
    id_list ids{on.dialect(), jobs.size()};
    for (const auto id : jobs)
      ids.add(id);
    const std::string list{ids.finish()};
    on.prepared<>("release_keys").with("pipeline", own).with("ids", list).run();
    on.prepared<>("move_to_pipeline").with("pipeline", to).with("ids", list).run();
    move_room(on, own, to, jobs);
  }
}

/// The ids for a statement, and the epochs that the jobs had when they were found.
struct listed_jobs {
  id_list ids;
  std::unordered_map<job_id, std::int64_t> epochs{};
};

listed_jobs list_jobs(std::span<const listed_job> jobs, dialect of) {
  listed_jobs listed{.ids = id_list{of, jobs.size()}};
  for (const auto& one : jobs) {
    listed.ids.add(one.id);
    listed.epochs.emplace(one.id, one.epoch);
  }
  return listed;
}

/// Counts what was written, of so many jobs.
void count_written(const std::vector<pending_change>& changes, std::size_t jobs,
                   sent_back& result) {
  result.replayed = std::count_if(changes.begin(), changes.end(), [](const auto& one) {
    return one.became == change_result::held;
  });
  std::int64_t refused = 0;
  for (const auto* some : {&result.refused, &result.skipped})
    for (const auto& [why, count] : *some)
      refused += count;
  result.changed = static_cast<std::int64_t>(jobs) - result.replayed - refused;
}

}  // namespace

sent_back bulk_control::cancel(std::span<const listed_job> jobs, const std::string& by,
                               time_point now) {
  return guarded("cannot cancel jobs", [&] {
    auto [ids, epochs] = list_jobs(jobs, context_.on.dialect());
    transaction tx{context_.on};
    job_loader loader{context_.pipelines, context_.stages};
    const auto found =
        loader.load(prepared_jobs(context_.on, "read_jobs").with("ids", ids.finish()));
    sent_back result;
    std::vector<pending_change> changes;
    changes.reserve(found.size());
    for (const auto& [job, in] : found) {
      if (job.epoch != epochs.at(job.id))
        continue;
      auto decided = pipeline::apply(job, pipeline::cancel{by}, context_.at(*in, now));
      if (auto* to = std::get_if<pipeline::change>(&decided))
        changes.push_back({&job, in, std::move(*to), change_result::lost});
      else
        ++result.refused[why_refused(context_.pipelines, *in,
                                     std::get<pipeline::rejection>(decided).why)];
    }
    changes_.write(changes, now);
    count_written(changes, jobs.size(), result);
    child_work_.run_at_once(now);
    tx.commit();
    return result;
  });
}

sent_back bulk_control::replay_ended(std::span<const listed_job> jobs,
                                     const std::string& from_stage, const std::string& by,
                                     time_point now) {
  return guarded("cannot replay jobs", [&] {
    auto [ids, epochs] = list_jobs(jobs, context_.on.dialect());
    transaction tx{context_.on};
    job_loader loader{context_.pipelines, context_.stages};
    const auto found =
        loader.load(prepared_jobs(context_.on, "read_jobs").with("ids", ids.finish()));
    sent_back result;
    std::vector<pending_change> changes;
    changes.reserve(found.size());
    for (const auto& [job, in] : found) {
      // Its epoch says all: a job that was sent back and died again is another case.
      if (job.epoch != epochs.at(job.id))
        continue;
      const auto& from = from_stage.empty() ? in->stages.at(job.stage).name : from_stage;
      if (auto why = ended_before(context_.on, job, *in, from)) {
        ++result.skipped[*why];
        continue;
      }
      auto decided = pipeline::apply(job, pipeline::replay{from, by}, context_.at(*in, now));
      if (auto* to = std::get_if<pipeline::change>(&decided))
        changes.push_back({&job, in, std::move(*to), change_result::lost});
      else
        ++result.refused[why_refused(context_.pipelines, *in,
                                     std::get<pipeline::rejection>(decided).why)];
    }
    drop_without_key(context_.on, changes, result);
    changes_.write(changes, now);
    std::map<job_id, const pending_change*> held;
    job_ids replayed;
    for (const auto& one : changes)
      if (one.became == change_result::held) {
        held.emplace(one.job->id, &one);
        replayed.insert(one.job->id);
      }
    for (const auto parent : parents_among(context_.on, replayed))
      child_work_.reach_children(parent, *held.at(parent)->in, held.at(parent)->to.stage);
    count_written(changes, jobs.size(), result);
    if (result.replayed > 0)
      context_.on.prepared<std::int64_t>("notify_jobs").first();
    child_work_.run_at_once(now);
    tx.commit();
    return result;
  });
}

sent_back bulk_control::move(std::span<const listed_job> jobs, const std::string& to_pipeline,
                             const std::string& to_stage, const std::string& by, time_point now) {
  return guarded("cannot move jobs", [&] {
    auto [ids, epochs] = list_jobs(jobs, context_.on.dialect());
    const auto target = context_.pipelines.find(to_pipeline);
    transaction tx{context_.on};
    job_loader loader{context_.pipelines, context_.stages};
    auto found = loader.load(prepared_jobs(context_.on, "read_jobs").with("ids", ids.finish()));
    sent_back result;
    std::deque<pipeline::definition> bridges;
    std::map<job_id, std::string> from;
    std::vector<pending_change> changes;
    for (auto& [job, in] : found) {
      if (job.epoch != epochs.at(job.id))
        continue;
      from.emplace(job.id, in->name);
      if (target && in->name != to_pipeline) {
        in =
            &with_old_stage(bridges, context_.pipelines.at(*target), in->stages.at(job.stage).name);
        job.stage = static_cast<std::uint16_t>(in->stages.size() - 1);
      }
      auto decided = pipeline::apply(job, pipeline::move{to_stage, by}, context_.at(*in, now));
      // The stage where it stands is not one of its pipeline, unless the catalog says so.
      if (!context_.stages.find(in->name, to_stage))
        decided =
            pipeline::rejection{fmt::format("pipeline {} has no stage '{}'", in->name, to_stage)};
      if (auto* to = std::get_if<pipeline::change>(&decided)) {
        changes.push_back({&job, in, std::move(*to), change_result::lost});
        continue;
      }
      ++result.refused[why_refused(context_.pipelines, *in,
                                   std::get<pipeline::rejection>(decided).why)];
    }
    if (target) {
      change_pipeline(context_.on, changes, from, to_pipeline, result);
    } else {
      drop_without_key(context_.on, changes, result);
    }
    changes_.write(changes, now);
    count_written(changes, jobs.size(), result);
    if (result.replayed > 0)
      context_.on.prepared<std::int64_t>("notify_jobs").first();
    child_work_.run_at_once(now);
    tx.commit();
    return result;
  });
}

}  // namespace millrace::storage
