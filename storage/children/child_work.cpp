#include "storage/children/child_work.hpp"

#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"
#include "storage/jobs/job_rows.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::storage {
namespace {

using pipeline::job_state;

job_ids listed(connection& on, std::string_view statement, job_id parent) {
  job_ids found;
  on.prepared<std::int64_t>(statement).with("parent", parent).each([&](job_id id) {
    found.insert(id);
  });
  return found;
}

}  // namespace

void child_work::run(time_point now) {
  guarded("cannot tend the families of jobs", [&] {
    auto& on = context_.on;
    transaction tx{on};
    auto todo = tasks_.take();
    for (const auto parent : todo[child_task::cancel_children]) {
      tasks_.add(child_task::cancel, listed(on, "unfinished_children", parent));
      on.prepared<>("end_join").with("parent", parent).run();
    }
    for (const auto task : {child_task::join, child_task::cancel, child_task::send_back})
      change_relatives(task, todo[task], now);
    tx.commit();
  });
}

void child_work::run_at_once(time_point now) {
  constexpr int rounds = 8;
  for (int round = 0; is_left() && round < rounds; ++round)
    run(now);
}

/// Does the same to all of them. A job that another transaction is changing at this moment stays in
/// the list for the next time.
void child_work::change_relatives(child_task task, const job_ids& jobs, time_point now) {
  if (jobs.empty())
    return;
  id_list ids{context_.on.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  job_loader loader{context_.pipelines, context_.stages};
  const auto found = loader.load(prepared_jobs(context_.on, "read_jobs").with("ids", ids.finish()));
  auto missed = jobs;
  std::vector<pending_change> changes;
  for (const auto& [job, in] : found) {
    missed.erase(job.id);
    const auto asked = asked_of(task, job, *in, now);
    if (!asked)
      continue;
    auto decided = pipeline::apply(job, *asked, context_.at(*in, now));
    if (auto* to = std::get_if<pipeline::change>(&decided))
      changes.push_back({&job, in, std::move(*to), change_result::lost});
  }
  changes_.write(changes, now);
  std::size_t due = 0;
  for (const auto& one : changes) {
    if (has_ended(one.to.state) || one.to.state == job_state::working)
      continue;
    ++due;
    if (has_ended(one.job->state))
      reach_children(one.job->id, *one.in, one.to.stage);
  }
  if (due > 0) {
    context_.on.prepared<std::int64_t>("notify_jobs").first();
    changes_.add_due(due);
  }
  std::erase_if(missed, [&](job_id id) {
    return !context_.on.prepared<std::string>("state_of_job").with("job", id).first();
  });
  add_family_work(context_.on, task, missed);
}

/// What happens to the job, if anything is to.
std::optional<pipeline::transition_event> child_work::asked_of(child_task task,
                                                               const pipeline::job& job,
                                                               const pipeline::definition& in,
                                                               time_point now) {
  if (task == child_task::cancel)
    return has_ended(job.state)
               ? std::nullopt
               : std::optional<pipeline::transition_event>{pipeline::cancel{"its parent"}};
  if (task == child_task::send_back)
    return has_ended(job.state)
               ? std::optional<pipeline::transition_event>{pipeline::retry_now{"its parent"}}
               : std::nullopt;
  const bool waits = job.state == job_state::queued && job.run_at > now &&
                     in.stages.at(job.stage).join != pipeline::join_policy::none &&
                     waits_for_children(context_.on, job.id);
  if (!waits || has_unfinished_child(job.id))
    return std::nullopt;
  context_.on.prepared<>("end_join").with("parent", job.id).run();
  return pipeline::retry_now{"its children"};
}

/// Children end mostly in the order in which they were made: looking on from where the last one was
/// found costs each child once, not each end every child.
bool child_work::has_unfinished_child(job_id parent) {
  constexpr std::size_t most = 10'000;
  if (last_unfinished_.size() > most)
    last_unfinished_.clear();
  auto& last = last_unfinished_[parent];
  auto found = first_unfinished_child(context_.on, parent, last);
  if (!found && last != 0)
    found = first_unfinished_child(context_.on, parent, 0);
  if (found)
    last = *found;
  else
    last_unfinished_.erase(parent);
  return found.has_value();
}

void child_work::reach_children(job_id parent, const pipeline::definition& in, std::uint16_t from) {
  json_list stages;
  for (std::size_t i = from; i < in.stages.size(); ++i)
    stages.add(in.stages[i].name);
  job_ids disowned;
  context_.on.prepared<std::int64_t>("disown_children")
      .with("parent", parent)
      .with("stages", stages.finish())
      .each([&](job_id id) { disowned.insert(id); });
  tasks_.add(child_task::cancel, disowned);
  tasks_.add(child_task::send_back, listed(context_.on, "failed_children", parent));
  context_.on.prepared<>("end_join").with("parent", parent).run();
}

}  // namespace millrace::storage
