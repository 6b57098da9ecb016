#include "storage/jobs/job_rows.hpp"

#include "base/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::storage {

stage_map::stage_map(const pipeline::catalog& pipelines) {
  std::uint16_t p = 0;
  for (const auto& one : pipelines.pipelines()) {
    std::uint16_t s = 0;
    for (const auto& stage : one.stages)
      places_[{one.name, stage.name}] = {p, s++};
    ++p;
  }
}

std::optional<stage_map::place> stage_map::find(std::string_view in, std::string_view stage) const {
  const auto at = places_.find({in, stage});
  return at == places_.end() ? std::nullopt : std::optional{at->second};
}

int bounded_count(std::int64_t count) {
  return static_cast<int>(std::clamp<std::int64_t>(count, 0, bounds::highest_count));
}

std::vector<loaded_job> job_loader::load(job_statement& rows) {
  std::vector<loaded_job> loaded;
  rows.each([&](std::int64_t id, const std::string& in, const std::string& stage,
                const std::string& state, std::int64_t epoch, std::int64_t attempt,
                std::int64_t crashes, std::int64_t priority, std::int64_t run_at,
                std::int64_t cancel_requested, const std::string& correlation_id,
                std::int64_t parent, std::int64_t claimed_by) {
    loaded_job one;
    one.job.id = id;
    if (const auto place = stages_.find(in, stage)) {
      one.job.pipeline = place->pipeline;
      one.job.stage = place->stage;
      one.in = &pipelines_.at(place->pipeline);
    } else {
      one.in = &stray(in, stage);
      one.job.stage = static_cast<std::uint16_t>(one.in->stages.size() - 1);
    }
    one.job.state = pipeline::parse_job_state(state).value();
    one.job.cancel_requested = cancel_requested != 0;
    one.job.epoch = epoch;
    one.job.attempt = bounded_count(attempt);
    one.job.crashes = bounded_count(crashes);
    one.job.priority = static_cast<int>(priority);
    one.job.run_at = from_us(run_at);
    one.job.correlation_id = correlation_id;
    one.job.parent = parent;
    one.job.claimed_by = claimed_by;
    one.job.may_have_key = true;
    loaded.push_back(std::move(one));
  });
  return loaded;
}

const pipeline::definition& job_loader::stray(const std::string& in, const std::string& stage) {
  for (const auto& known : strays_)
    if (known.name == in && known.stages.back().name == stage)
      return known;
  const auto known = pipelines_.find(in);
  auto made = known ? pipelines_.at(*known) : pipeline::definition{in, {}};
  made.stages.emplace_back().name = stage;
  return strays_.emplace_back(std::move(made));
}

std::string why_refused(const pipeline::catalog& pipelines, const pipeline::definition& in,
                        std::string why) {
  if (pipelines.find(in.name) || why.find("has no stage") == std::string::npos)
    return why;
  return fmt::format("this configuration does not know the pipeline {}", in.name);
}

}  // namespace millrace::storage
