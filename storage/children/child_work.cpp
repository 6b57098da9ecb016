#include "pipeline/child_job.hpp"
#include "storage/children/children.hpp"
#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"
#include "storage/jobs/job_store.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millrace::storage {
namespace {

using pipeline::job_state;

/// In one transaction.
constexpr std::int64_t most_work = 500;

/// The jobs that each task is about.
using tasks = std::map<child_task, job_ids>;

std::int64_t take_work(connection& on, tasks& into) {
  std::int64_t taken = 0;
  on.prepared<std::int64_t, std::string>("take_family_work")
      .with("limit", most_work)
      .each([&](job_id id, const std::string& what) {
        ++taken;
        into[parse_child_task(what)].insert(id);
      });
  return taken;
}

job_ids listed(connection& on, std::string_view statement, job_id parent) {
  job_ids found;
  on.prepared<std::int64_t>(statement).with("parent", parent).each([&](job_id id) {
    found.insert(id);
  });
  return found;
}

}  // namespace

void job_store::run_child_work(time_point now) {
  guarded("cannot tend the families of jobs", [&] {
    transaction tx{on_};
    child_work_ = false;
    tasks todo;
    if (take_work(on_, todo) == most_work)
      child_work_ = true;
    for (const auto parent : todo[child_task::cancel_children]) {
      add_work(child_task::cancel, listed(on_, "unfinished_children", parent));
      on_.prepared<>("end_join").with("parent", parent).run();
    }
    for (const auto what : {child_task::join, child_task::cancel, child_task::send_back})
      change_relatives(what, todo[what], now);
    tx.commit();
  });
}

void job_store::tend_at_once(time_point now) {
  constexpr int rounds = 8;
  for (int round = 0; child_work_ && round < rounds; ++round)
    run_child_work(now);
}

void job_store::add_work(child_task what, const job_ids& jobs) {
  add_family_work(on_, what, jobs);
  if (!jobs.empty())
    child_work_ = true;
}

/// Does the same to all of them. A job that another transaction is changing at this moment stays in
/// the list for the next time.
void job_store::change_relatives(child_task what, const job_ids& jobs, time_point now) {
  if (jobs.empty())
    return;
  id_list ids{on_.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  job_loader loader{pipelines_, stages_};
  const auto found = loader.load(prepared_jobs(on_, "read_jobs").with("ids", ids.finish()));
  auto missed = jobs;
  std::vector<pending_change> changes;
  for (const auto& [job, in] : found) {
    missed.erase(job.id);
    const auto asked = asked_of(what, job, *in, now);
    if (!asked)
      continue;
    auto decided = pipeline::apply(job, *asked, {*in, now, false, rules_.crash_limit});
    if (auto* to = std::get_if<pipeline::change>(&decided))
      changes.push_back({&job, in, std::move(*to), change_result::lost});
  }
  write(changes, now);
  bool is_claimable = false;
  for (const auto& one : changes) {
    if (has_ended(one.to.state) || one.to.state == job_state::working)
      continue;
    is_claimable = true;
    if (has_ended(one.job->state))
      reach_children(one.job->id, *one.in, one.to.stage);
  }
  if (is_claimable)
    tell_of_due();
  std::erase_if(missed, [&](job_id id) {
    return !on_.prepared<std::string>("state_of_job").with("job", id).first();
  });
  add_family_work(on_, what, missed);
}

/// What happens to the job, if anything is to.
std::optional<pipeline::transition_event> job_store::asked_of(child_task what,
                                                              const pipeline::job& job,
                                                              const pipeline::definition& in,
                                                              time_point now) {
  if (what == child_task::cancel)
    return has_ended(job.state)
               ? std::nullopt
               : std::optional<pipeline::transition_event>{pipeline::cancel{"its parent"}};
  if (what == child_task::send_back)
    return has_ended(job.state)
               ? std::optional<pipeline::transition_event>{pipeline::retry_now{"its parent"}}
               : std::nullopt;
  const bool waits = job.state == job_state::queued && job.run_at > now &&
                     in.stages.at(job.stage).join != pipeline::join_policy::none &&
                     waits_for_children(on_, job.id);
  if (!waits || has_unfinished_child(job.id))
    return std::nullopt;
  on_.prepared<>("end_join").with("parent", job.id).run();
  return pipeline::retry_now{"its children"};
}

/// Children end mostly in the order in which they were made: looking on from where the last one was
/// found costs each child once, not each end every child.
bool job_store::has_unfinished_child(job_id parent) {
  constexpr std::size_t most = 10'000;
  if (last_unfinished_.size() > most)
    last_unfinished_.clear();
  auto& last = last_unfinished_[parent];
  auto found = first_unfinished_child(on_, parent, last);
  if (!found && last != 0)
    found = first_unfinished_child(on_, parent, 0);
  if (found)
    last = *found;
  else
    last_unfinished_.erase(parent);
  return found.has_value();
}

/// The job was sent back to that stage: children that it makes again from there on are replaced,
/// and those that it made before get another chance.
void job_store::reach_children(job_id parent, const pipeline::definition& in, std::uint16_t from) {
  json_list stages;
  for (std::size_t i = from; i < in.stages.size(); ++i)
    stages.add(in.stages[i].name);
  job_ids disowned;
  on_.prepared<std::int64_t>("disown_children")
      .with("parent", parent)
      .with("stages", stages.finish())
      .each([&](job_id id) { disowned.insert(id); });
  add_work(child_task::cancel, disowned);
  add_work(child_task::send_back, listed(on_, "failed_children", parent));
  on_.prepared<>("end_join").with("parent", parent).run();
}

/// Why the answer cannot be written: a child that cannot be made.
std::optional<std::string> job_store::wrong_children(
    std::span<const pipeline::effect> effects) const {
  for (const auto& effect : effects) {
    const auto* made = std::get_if<pipeline::effects::make_children>(&effect);
    if (made == nullptr)
      continue;
    if (made->jobs.size() > pipeline::most_children)
      return fmt::format("it makes {} children at once, {} are allowed", made->jobs.size(),
                         pipeline::most_children);
    for (const auto& one : made->jobs)
      if (!pipelines_.find(one.pipeline))
        return fmt::format("it makes a child in the pipeline '{}', which is not configured",
                           one.pipeline);
  }
  return std::nullopt;
}

void job_store::collect_children(const pipeline::job& parent, const pipeline::effect& effect,
                                 std::vector<new_job>& into) const {
  const auto* made = std::get_if<pipeline::effects::make_children>(&effect);
  if (made == nullptr)
    return;
  const auto& in = pipelines_.at(parent.pipeline);
  for (const auto& one : made->jobs)
    into.push_back({.pipeline = *pipelines_.find(one.pipeline),
                    .priority = one.priority.value_or(parent.priority),
                    .correlation_id = parent.correlation_id,
                    .payload = one.payload,
                    .tenant = parent.tenant,
                    .parent = parent.id,
                    .made_at = in.stages.at(parent.stage).name});
}

void job_store::make_children(std::span<const new_job> children, time_point now) {
  if (children.empty())
    return;
  const auto ids = enqueue(children, now);
  json_list rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    json_list row;
    row.add(children[i].parent);
    row.add(ids[i]);
    row.add(children[i].made_at);
    rows.add(row);
  }
  on_.prepared<>("add_children").with("rows", rows.finish()).run();
  made_due_ = true;
}

/// The job waits for children that had not ended when it was claimed. One of them may have ended
/// since, and its end is told only once.
void job_store::begin_join(const pipeline::job& job) {
  on_.prepared<>("begin_join").with("parent", job.id).run();
  add_work(child_task::join, {job.id});
}

void job_store::tell_of_due() {
  on_.prepared<std::int64_t>("notify_jobs").first();
  made_due_ = true;
}

}  // namespace millrace::storage
