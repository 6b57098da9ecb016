#include "storage/children/make_children.hpp"

#include "pipeline/child_job.hpp"
#include "storage/db/json_list.hpp"

#include <fmt/format.h>

#include <variant>

namespace millrace::storage {

std::optional<std::string> wrong_children(const pipeline::catalog& pipelines,
                                          std::span<const pipeline::effect> effects) {
  for (const auto& effect : effects) {
    const auto* made = std::get_if<pipeline::effects::make_children>(&effect);
    if (made == nullptr)
      continue;
    if (made->jobs.size() > pipeline::most_children)
      return fmt::format("it makes {} children at once, {} are allowed", made->jobs.size(),
                         pipeline::most_children);
    for (const auto& one : made->jobs)
      if (!pipelines.find(one.pipeline))
        return fmt::format("it makes a child in the pipeline '{}', which is not configured",
                           one.pipeline);
  }
  return std::nullopt;
}

void collect_children(const pipeline::catalog& pipelines, const pipeline::job& parent,
                      const pipeline::effect& effect, std::vector<new_job>& into) {
  const auto* made = std::get_if<pipeline::effects::make_children>(&effect);
  if (made == nullptr)
    return;
  const auto& in = pipelines.at(parent.pipeline);
  for (const auto& one : made->jobs)
    into.push_back({.pipeline = *pipelines.find(one.pipeline),
                    .priority = one.priority.value_or(parent.priority),
                    .correlation_id = parent.correlation_id,
                    .payload = one.payload,
                    .tenant = parent.tenant,
                    .parent = parent.id,
                    .made_at = in.stages.at(parent.stage).name,
                    .traceparent = parent.traceparent});
}

void add_children(connection& on, std::span<const new_job> children, std::span<const job_id> ids) {
  json_list rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    json_list row;
    row.add(children[i].parent);
    row.add(ids[i]);
    row.add(children[i].made_at);
    rows.add(row);
  }
  on.prepared<>("add_children").with("rows", rows.finish()).run();
}

}  // namespace millrace::storage
