#include "storage/children/children.hpp"

#include "pipeline/child_job.hpp"
#include "storage/db/id_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace millrace::storage {
namespace {

using pipeline::job_id;

constexpr std::array<std::string_view, 4> task_names{"join", "cancel_children", "cancel",
                                                     "send_back"};

std::string list_of(const connection& on, const job_ids& jobs) {
  id_list list{on.dialect(), jobs.size()};
  for (const auto id : jobs)
    list.add(id);
  return std::string{list.finish()};
}

/// Those of the jobs that the statement answers.
job_ids pick(connection& on, std::string_view statement, const job_ids& jobs) {
  job_ids picked;
  on.prepared<std::int64_t>(statement).with("ids", list_of(on, jobs)).each([&](job_id id) {
    picked.insert(id);
  });
  return picked;
}

/// The children with their outputs, as far as these are not too much.
std::vector<pipeline::child> load_children(connection& on, job_id parent) {
  std::vector<pipeline::child> all;
  job_ids with_output;
  std::size_t sum = 0;
  on.prepared<std::int64_t, std::string, std::string, std::int64_t>("children_of")
      .with("parent", parent)
      .each([&](job_id id, const std::string& state, const std::string& code, std::int64_t length) {
        auto& one = all.emplace_back(pipeline::child{id, pipeline::parse_job_state(state)});
        if (one.state == pipeline::job_state::deadletter)
          one.code = code;
        sum += static_cast<std::size_t>(length);
        one.output_left_out = length > 0 && sum > pipeline::most_joined_output;
        if (length > 0 && !one.output_left_out)
          with_output.insert(id);
      });
  // Both are in the order of the ids.
  auto at = all.begin();
  std::map<job_id, std::string> outputs;
  on.prepared<std::int64_t, std::string>("outputs_of")
      .with("ids", list_of(on, with_output))
      .each([&](job_id id, const std::string& output) { outputs[id] = output; });
  for (auto& [id, output] : outputs) {
    at = std::find_if(at, all.end(), [&, of = id](const auto& one) { return one.id == of; });
    at->output = std::move(output);
  }
  return all;
}

}  // namespace

std::string_view to_string(child_task task) {
  return task_names.at(static_cast<std::size_t>(task));
}

child_task parse_child_task(std::string_view name) {
  const auto at = std::find(task_names.begin(), task_names.end(), name);
  if (at == task_names.end())
    throw error{error_kind::schema, "cannot do what is asked of a job's relatives",
                fmt::format("'{}' is no task that this millrace knows", name),
                "use the newer millrace that wrote it"};
  return static_cast<child_task>(at - task_names.begin());
}

void add_family_work(connection& on, child_task what, const job_ids& jobs) {
  if (!jobs.empty())
    on.prepared<>("add_family_work")
        .with("what", to_string(what))
        .with("ids", list_of(on, jobs))
        .run();
}

bool note_families(connection& on, std::span<const pending_change> changes) {
  job_ids joining;
  job_ids cancelled;
  for (const auto& one : changes) {
    if (one.became != change_result::held || !has_ended(one.to.state))
      continue;
    if (one.job->parent != 0)
      joining.insert(one.job->parent);
    if (one.to.state == pipeline::job_state::cancelled)
      cancelled.insert(one.job->id);
  }
  if (!cancelled.empty())
    cancelled = parents_among(on, cancelled);
  add_family_work(on, child_task::join, joining);
  add_family_work(on, child_task::cancel_children, cancelled);
  return !joining.empty() || !cancelled.empty();
}

job_ids parents_among(connection& on, const job_ids& jobs) {
  return pick(on, "parents_among", jobs);
}

job_ids children_of_unfinished(connection& on, const job_ids& children) {
  return children.empty() ? children : pick(on, "children_of_unfinished", children);
}

std::optional<job_id> first_unfinished_child(connection& on, job_id parent, job_id from) {
  const auto found = on.prepared<std::int64_t>("first_unfinished_child")
                         .with("parent", parent)
                         .with("from_child", from)
                         .first();
  return found ? std::optional{std::get<0>(*found)} : std::nullopt;
}

void load_families(connection& on, const pipeline::catalog& pipelines,
                   std::span<pipeline::job> claimed) {
  for (auto& one : claimed) {
    if (pipelines.at(one.pipeline).stages.at(one.stage).join == pipeline::join_policy::none)
      continue;
    auto all = std::make_shared<pipeline::family>();
    all->is_unfinished = first_unfinished_child(on, one.id, 0).has_value();
    if (!all->is_unfinished)
      all->children = load_children(on, one.id);
    one.children = std::move(all);
  }
}

std::vector<child_count> count_children(connection& on, job_id parent) {
  std::vector<child_count> counts;
  on.prepared<std::string, std::int64_t>("count_children")
      .with("parent", parent)
      .each([&](const std::string& state, std::int64_t count) {
        counts.push_back({state, count});
      });
  return counts;
}

bool waits_for_children(connection& on, job_id parent) {
  return std::get<0>(on.prepared<std::int64_t>("waits_for_children")
                         .with("parent", parent)
                         .first()
                         .value()) > 0;
}

}  // namespace millrace::storage
