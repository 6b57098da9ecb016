#include "storage/jobs/made_jobs.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <variant>

namespace millrace::storage {

std::optional<std::string> wrong_made_jobs(const pipeline::catalog& pipelines,
                                           std::span<const pipeline::effect> effects) {
  std::size_t count = 0;
  for (const auto& effect : effects) {
    const auto* made = std::get_if<pipeline::effects::make_jobs>(&effect);
    if (made == nullptr)
      continue;
    count += made->jobs.size();
    if (count > pipeline::most_made_jobs)
      return fmt::format("it makes {} jobs at once, {} are allowed", count,
                         pipeline::most_made_jobs);
    for (const auto& one : made->jobs)
      if (!pipelines.find(one.pipeline))
        return fmt::format("it makes a job of the pipeline '{}', which is not configured",
                           one.pipeline);
  }
  return std::nullopt;
}

void collect_keys(const pipeline::catalog& pipelines, std::span<const pipeline::effect> effects,
                  std::set<key_name>& into) {
  for (const auto& effect : effects)
    if (const auto* made = std::get_if<pipeline::effects::make_jobs>(&effect))
      for (const auto& one : made->jobs)
        if (!one.unique.empty() && pipelines.find(one.pipeline))
          into.insert({one.pipeline, one.unique});
}

void collect_made_jobs(const pipeline::catalog& pipelines, const pipeline::job& maker,
                       std::span<const pipeline::effect> effects, std::vector<new_job>& into) {
  for (const auto& effect : effects) {
    const auto* made = std::get_if<pipeline::effects::make_jobs>(&effect);
    if (made == nullptr)
      continue;
    for (const auto& one : made->jobs) {
      auto& job = into.emplace_back();
      job.pipeline = *pipelines.find(one.pipeline);
      job.priority = one.priority;
      job.run_at = one.run_at;
      job.correlation_id = one.correlation_id.value_or(maker.correlation_id);
      job.payload = one.payload;
      if (!one.unique.empty())
        job.unique = unique_key{one.unique, one.unique_while, one.on_conflict};
      job.tenant = one.tenant.value_or(maker.tenant);
      job.tags = one.tags;
      job.concurrency_key = one.concurrency_key;
      job.traceparent = maker.traceparent;
    }
  }
}

}  // namespace millrace::storage
