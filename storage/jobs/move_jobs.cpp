#include "storage/db/id_list.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/jobs/queue_limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

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

}  // namespace

std::string job_store::why_refused(const pipeline::definition& in, std::string why) const {
  if (pipelines_.find(in.name) || why.find("has no stage") == std::string::npos)
    return why;
  return fmt::format("this configuration does not know the pipeline {}", in.name);
}

/// Of jobs that are locked, and are about to be changed; `from` has their pipelines.
void job_store::change_pipeline(std::vector<pending_change>& changes,
                                const std::map<job_id, std::string>& from, const std::string& to,
                                sent_back& result) {
  std::map<std::string, std::vector<job_id>> leaving;
  drop_without_key(changes, result, to);
  for (const auto& one : changes)
    if (const auto& own = from.at(one.job->id); own != to)
      leaving[own].push_back(one.job->id);
  for (const auto& [own, jobs] : leaving) {
    id_list ids{on_.dialect(), jobs.size()};
    for (const auto id : jobs)
      ids.add(id);
    const std::string list{ids.finish()};
    on_.prepared<>("release_keys").with("pipeline", own).with("ids", list).run();
    on_.prepared<>("move_to_pipeline").with("pipeline", to).with("ids", list).run();
    move_room(on_, own, to, jobs);
  }
}

sent_back job_store::move(std::span<const ended_job> jobs, const std::string& to_pipeline,
                          const std::string& to_stage, const std::string& by, time_point now) {
  return guarded("cannot move jobs", [&] {
    id_list ids{on_.dialect(), jobs.size()};
    std::unordered_map<job_id, std::int64_t> epochs;
    for (const auto& one : jobs) {
      ids.add(one.id);
      epochs.emplace(one.id, one.epoch);
    }
    const auto target = pipelines_.find(to_pipeline);
    transaction tx{on_};
    job_loader loader{pipelines_, stages_};
    auto found = loader.load(prepared_jobs(on_, "read_jobs").with("ids", ids.finish()));
    sent_back result;
    std::deque<pipeline::definition> bridges;
    std::map<job_id, std::string> from;
    std::vector<pending_change> changes;
    for (auto& [job, in] : found) {
      if (job.epoch != epochs.at(job.id))
        continue;
      from.emplace(job.id, in->name);
      if (target && in->name != to_pipeline) {
        in = &with_old_stage(bridges, pipelines_.at(*target), in->stages.at(job.stage).name);
        job.stage = static_cast<std::uint16_t>(in->stages.size() - 1);
      }
      auto decided =
          pipeline::apply(job, pipeline::move{to_stage, by}, {*in, now, false, rules_.crash_limit});
      // The stage where it stands is not one of its pipeline, unless the catalog says so.
      if (!stages_.find(in->name, to_stage))
        decided =
            pipeline::rejection{fmt::format("pipeline {} has no stage '{}'", in->name, to_stage)};
      if (auto* to = std::get_if<pipeline::change>(&decided)) {
        changes.push_back({&job, in, std::move(*to), change_result::lost});
        continue;
      }
      ++result.refused[why_refused(*in, std::get<pipeline::rejection>(decided).why)];
    }
    if (target) {
      change_pipeline(changes, from, to_pipeline, result);
    } else {
      drop_without_key(changes, result);
    }
    write(changes, now);
    result.replayed = std::count_if(changes.begin(), changes.end(), [](const auto& one) {
      return one.became == change_result::held;
    });
    std::int64_t refused = 0;
    for (const auto& [why, count] : result.refused)
      refused += count;
    result.changed = static_cast<std::int64_t>(jobs.size()) - result.replayed - refused;
    if (result.replayed > 0)
      on_.prepared<std::int64_t>("notify_jobs").first();
    tend_at_once(now);
    tx.commit();
    return result;
  });
}

}  // namespace millrace::storage
