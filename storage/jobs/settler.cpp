#include "storage/jobs/settler.hpp"

#include "base/seeded_fault.hpp"
#include "pipeline/child_job.hpp"
#include "pipeline/codes.hpp"
#include "storage/children/make_children.hpp"
#include "storage/jobs/made_jobs.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/jobs/unique_keys.hpp"
#include "storage/jobs/write_effect.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace millrace::storage {
namespace {

using pipeline::change;
using pipeline::job_state;

std::span<const pipeline::effect> effects_of(const pipeline::transition_event& what) {
  return std::visit(
      [](const auto& one) -> std::span<const pipeline::effect> {
        if constexpr (requires { one.effects; })
          return one.effects;
        else
          return {};
      },
      what);
}

bool ended_as_told(job_state became, const pipeline::transition_event& what) {
  const bool is_dead = became == job_state::deadletter;
  return became != job_state::cancelled &&
         (!is_dead || std::holds_alternative<pipeline::reject>(what));
}

/// What the table says; what it refuses to a working job is a wrong answer of the handler, which
/// must not leave the job working for ever.
std::variant<change, pipeline::rejection> decide_one(const pipeline::catalog& pipelines,
                                                     const pipeline::job& job,
                                                     const pipeline::transition_event& what,
                                                     const pipeline::transition_context& at) {
  const auto reject = [&](std::string why) {
    return pipeline::apply(
        job, pipeline::reject{std::string{pipeline::codes::HANDLER_ERROR}, std::move(why)}, at);
  };
  if (auto wrong = wrong_children(pipelines, effects_of(what)))
    return reject(std::move(*wrong));
  if (auto wrong = wrong_made_jobs(pipelines, effects_of(what)))
    return reject(std::move(*wrong));
  auto answer = pipeline::apply(job, what, at);
  if (auto* refused = std::get_if<pipeline::rejection>(&answer))
    return reject(std::move(refused->why));
  return answer;
}

/// Where no job is carried on into, for it is paused.
std::set<std::pair<std::uint16_t, std::uint16_t>> paused_places(
    const job_context& context, std::span<const settlement> settlements) {
  std::set<std::pair<std::uint16_t, std::uint16_t>> places;
  if (MILLRACE_SEEDED_FAULT("carried on into a paused stage") ||
      std::none_of(settlements.begin(), settlements.end(),
                   [](const auto& one) { return one.carry_on; }))
    return places;
  for (const auto& one : paused_stages(context.on, context.pipelines))
    if (const auto place = context.stages.find(one.pipeline, one.stage))
      places.emplace(place->pipeline, place->stage);
  return places;
}

}  // namespace

/// Changes, and the position of the settlement that each comes from: a few have none.
struct settler::decisions {
  std::vector<pending_change> changes;
  std::vector<std::size_t> settlement;
};

std::vector<settled> settler::settle(std::span<const settlement> settlements, time_point now) {
  return guarded("cannot settle jobs", [&] {
    transaction tx{context_.on};
    auto pending = decide(settlements, now);
    lock_keys_of(settlements);
    changes_.write(pending.changes, now);
    settle_cancelled(settlements, pending, now);
    std::vector<settled> answers(settlements.size());
    std::vector<new_job> children;
    std::vector<new_job> others;
    for (std::size_t i = 0; i < pending.changes.size(); ++i) {
      auto& one = pending.changes[i];
      if (one.became != change_result::held && !MILLRACE_SEEDED_FAULT("a lost settlement counts"))
        continue;
      const auto index = pending.settlement[i];
      const auto& what = settlements[index].what;
      // A job that ended otherwise than its handler said leaves nothing of what the handler made.
      if (ended_as_told(one.to.state, what)) {
        for (const auto& effect : effects_of(what)) {
          write_effect(context_.on, one.job->id, effect, now);
          collect_children(context_.pipelines, *one.job, effect, children);
        }
        collect_made_jobs(context_.pipelines, *one.job, effects_of(what), others);
      }
      if (one.job->children && one.job->children->is_unfinished && one.to.run_at > now)
        begin_join(*one.job);
      answers[index] = std::move(one.to);
    }
    make_children(children, now);
    if (!others.empty())
      changes_.add_due(submitter_.make(others, now));
    tx.commit();
    return answers;
  });
}

settler::decisions settler::decide(std::span<const settlement> settlements, time_point now) const {
  decisions all;
  all.changes.reserve(settlements.size());
  all.settlement.reserve(settlements.size());
  const auto paused = paused_places(context_, settlements);
  for (std::size_t i = 0; i < settlements.size(); ++i) {
    const auto& [job, what, carry_on, unused] = settlements[i];
    const auto& in = context_.pipelines.at(job.pipeline);
    auto at = context_.at(in, now, carry_on);
    auto answer = decide_one(context_.pipelines, job, what, at);
    auto* to = std::get_if<change>(&answer);
    if (to == nullptr)
      continue;
    // What is carried on is not claimed: neither a pause nor a limit would hold it, and no claim
    // would look for its children.
    if (to->state == job_state::working && to->stage != job.stage &&
        ((in.stages[to->stage].limit.any() &&
          !MILLRACE_SEEDED_FAULT("carried on into a stage with limits")) ||
         in.stages[to->stage].join != pipeline::join_policy::none ||
         paused.contains({job.pipeline, to->stage}))) {
      at.carry_on = false;
      answer = decide_one(context_.pipelines, job, what, at);
      to = &std::get<change>(answer);
    }
    all.changes.push_back({&job, &in, std::move(*to), change_result::lost});
    all.settlement.push_back(i);
  }
  return all;
}

void settler::settle_cancelled(std::span<const settlement> settlements, decisions& pending,
                               time_point now) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < pending.changes.size(); ++i)
    if (pending.changes[i].became == change_result::cancel_requested)
      indices.push_back(i);
  if (indices.empty())
    return;
  std::vector<pipeline::job> jobs;
  jobs.reserve(indices.size());
  std::vector<pending_change> again;
  again.reserve(indices.size());
  for (const auto i : indices) {
    const auto& [job, what, carry_on, unused] = settlements[pending.settlement[i]];
    auto& told = jobs.emplace_back(job);
    told.cancel_requested = true;
    const auto& in = context_.pipelines.at(job.pipeline);
    auto answer = decide_one(context_.pipelines, told, what, context_.at(in, now, carry_on));
    again.push_back({&told, &in, std::get<change>(std::move(answer)), change_result::lost});
  }
  changes_.write(again, now);
  for (std::size_t n = 0; n < indices.size(); ++n) {
    auto& one = pending.changes[indices[n]];
    one.to = std::move(again[n].to);
    one.became = again[n].became;
  }
}

/// As a submit does, which takes keys before the rows of their holders.
void settler::lock_keys_of(std::span<const settlement> settlements) const {
  std::set<key_name> names;
  for (const auto& one : settlements)
    collect_keys(context_.pipelines, effects_of(one.what), names);
  if (!names.empty())
    lock_keys(context_.on, names);
}

void settler::make_children(std::span<const new_job> children, time_point now) {
  if (children.empty())
    return;
  const auto ids = submitter_.enqueue(children, now);
  add_children(context_.on, children, ids);
  changes_.add_due(ids.size());
}

/// The job waits for children that had not ended when it was claimed. One of them may have ended
/// since, and its end is told only once.
void settler::begin_join(const pipeline::job& job) {
  context_.on.prepared<>("begin_join").with("parent", job.id).run();
  tasks_.add(child_task::join, {job.id});
}

}  // namespace millrace::storage
