#include "storage/jobs/job_control.hpp"

#include "base/check.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "storage/jobs/job_rows.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/jobs/unique_keys.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <variant>

namespace millrace::storage {
namespace {

/// The job takes its unique key again; or answers why it cannot come back: another one holds it.
std::optional<pipeline::rejection> retake_key(connection& on, job_id id) {
  const auto refused = retake_keys(on, {id});
  if (refused.empty())
    return std::nullopt;
  const auto& held = refused.at(id);
  return pipeline::rejection{
      fmt::format("job {} holds its unique key '{}' now", held.job, held.name.key)};
}

void add_stage_event(connection& on, const std::string& in, const std::string& stage,
                     const std::string& message, time_point now) {
  on.prepared<>("stage_event")
      .with("pipeline", in)
      .with("stage", stage)
      .with("message", message)
      .with("now", to_us(now))
      .run();
}

}  // namespace

control_answer job_control::change_one(job_id id, const pipeline::transition_event& what,
                                       time_point now) {
  transaction tx{context_.on};
  job_loader loader{context_.pipelines, context_.stages};
  const auto found = loader.load(prepared_jobs(context_.on, "read_job").with("job", id));
  if (found.empty()) {
    tx.commit();
    return pipeline::rejection{fmt::format("there is no job {}", id)};
  }
  const auto& [job, in] = found.front();
  if (const auto* back = std::get_if<pipeline::replay>(&what))
    if (auto why = ended_before(context_.on, job, *in, back->from_stage)) {
      tx.commit();
      return pipeline::rejection{"it " + *why};
    }
  auto decided = pipeline::apply(job, what, context_.at(*in, now));
  if (auto* refused = std::get_if<pipeline::rejection>(&decided))
    refused->why = why_refused(context_.pipelines, *in, std::move(refused->why));
  if (const auto* to = std::get_if<pipeline::change>(&decided);
      to != nullptr && has_ended(job.state) && !has_ended(to->state))
    if (auto refused = retake_key(context_.on, id))
      decided = std::move(*refused);
  if (auto* to = std::get_if<pipeline::change>(&decided)) {
    std::vector<pending_change> changes{{&job, in, *to, change_result::lost}};
    changes_.write(changes, now);
    // The row is held since it was read.
    MILLRACE_CHECK(changes.front().became == change_result::held);
    if (has_ended(job.state) && !has_ended(to->state) && !parents_among(context_.on, {id}).empty())
      child_work_.reach_children(id, *in, to->stage);
    child_work_.run_at_once(now);
  }
  tx.commit();
  return decided;
}

control_answer job_control::cancel(job_id id, const std::string& by, time_point now) {
  return guarded("cannot cancel the job",
                 [&] { return change_one(id, pipeline::cancel{by}, now); });
}

control_answer job_control::replay(job_id id, const std::string& from_stage, const std::string& by,
                                   time_point now) {
  return guarded("cannot replay the job", [&] {
    return send_on(id, pipeline::replay{from_stage, by}, now);
  });
}

control_answer job_control::retry(job_id id, const std::string& by, time_point now) {
  return guarded("cannot retry the job", [&] { return send_on(id, pipeline::retry_now{by}, now); });
}

control_answer job_control::run_now(job_id id, const std::string& handler, const std::string& by,
                                    time_point now) {
  return guarded("cannot run the job now", [&] {
    return send_on(id, pipeline::run_now{handler, by}, now);
  });
}

control_answer job_control::send_on(job_id id, const pipeline::transition_event& what,
                                    time_point now) {
  transaction tx{context_.on};
  auto decided = change_one(id, what, now);
  if (std::holds_alternative<pipeline::change>(decided))
    context_.on.prepared<std::int64_t>("notify_jobs").first();
  tx.commit();
  return decided;
}

std::vector<job_id> job_control::cancel_requests(runtime_id runtime) {
  return guarded("cannot look for cancelled jobs", [&] {
    std::vector<job_id> ids;
    context_.on.prepared<std::int64_t>("cancel_requests")
        .with("runtime", runtime)
        .each([&](std::int64_t id) { ids.push_back(id); });
    return ids;
  });
}

void job_control::pause(const std::string& in, const std::string& stage, const std::string& by,
                        time_point now) {
  require_stage("cannot pause the stage", in, stage);
  guarded("cannot pause the stage", [&] {
    transaction tx{context_.on};
    const auto changed = context_.on.prepared<>("pause_stage")
                             .with("pipeline", in)
                             .with("stage", stage)
                             .with("by", by)
                             .with("now", to_us(now))
                             .run();
    if (changed > 0)
      add_stage_event(context_.on, in, stage, "paused by " + by, now);
    tx.commit();
  });
}

void job_control::resume(const std::string& in, const std::string& stage, const std::string& by,
                         time_point now) {
  guarded("cannot resume the stage", [&] {
    transaction tx{context_.on};
    const auto changed =
        context_.on.prepared<>("resume_stage").with("pipeline", in).with("stage", stage).run();
    // A stage that was renamed while it was paused can be resumed under its old name.
    if (changed == 0)
      require_stage("cannot resume the stage", in, stage);
    else
      add_stage_event(context_.on, in, stage, "resumed by " + by, now);
    tx.commit();
  });
}

void job_control::require_stage(const char* doing, const std::string& in,
                                const std::string& stage) const {
  const bool is_known = stage == every_stage ? context_.pipelines.find(in).has_value()
                                             : context_.stages.find(in, stage).has_value();
  if (!is_known)
    throw error{error_kind::permanent, doing,
                fmt::format("there is no stage '{}' in a pipeline '{}'", stage, in),
                "see `millrace config` for the pipelines and their stages"};
}

}  // namespace millrace::storage
