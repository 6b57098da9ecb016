#include "app/api/metrics/families.hpp"
#include "app/api/metrics/figures.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::app::api {
namespace {

using actors::job_counts;

/// No name of a pipeline or stage has brackets.
constexpr const char* other = "(other)";

constexpr std::array<std::pair<std::string_view, std::int64_t job_counts::*>, 6> states{
    {{"queued", &job_counts::queued},
     {"working", &job_counts::working},
     {"retryable", &job_counts::retryable},
     {"done", &job_counts::done},
     {"deadletter", &job_counts::deadletter},
     {"cancelled", &job_counts::cancelled}}};

bool is_configured(const actors::stage_view& stage, const pipeline::catalog& known) {
  const auto pipeline = known.find(stage.pipeline);
  return pipeline && known.at(*pipeline).find_stage(stage.stage);
}

/// The stages of the configuration, and all others as one: jobs that were inserted with SQL may
/// name any pipelines, and each name would be a series for ever.
std::vector<actors::stage_view> bounded(const std::vector<actors::stage_view>& stages,
                                        const pipeline::catalog& known) {
  std::vector<actors::stage_view> all;
  actors::stage_view rest{.pipeline = other, .stage = other};
  for (const auto& stage : stages)
    if (is_configured(stage, known))
      all.push_back(stage);
    else
      for (const auto& [name, member] : states)
        rest.jobs.*member += stage.jobs.*member;
  all.push_back(std::move(rest));
  return all;
}

}  // namespace

void add_jobs(metrics_text& to, const actors::stages_view& seen, const pipeline::catalog& known) {
  const bool is_counted = seen.trouble.empty() && seen.counted_at_us != 0;
  const auto stages = bounded(seen.stages, known);
  to.family(families::JOBS);
  if (is_counted)
    for (const auto& stage : stages)
      for (const auto& [state, member] : states)
        to.sample({stage.pipeline, stage.stage, state}, stage.jobs.*member);
  to.family(families::JOBS_COUNTED);
  if (seen.counted_at_us != 0)
    to.sample({}, static_cast<double>(seen.counted_at_us) / 1e6);
  to.family(families::STAGE_PAUSED);
  if (is_counted)
    for (const auto& stage : stages)
      if (stage.pipeline != other)
        to.flag({stage.pipeline, stage.stage}, stage.paused_at_us != 0);
  to.family(families::STAGE_CONCURRENCY);
  for (const auto& stage : stages)
    if (stage.concurrency > 0)
      to.sample({stage.pipeline, stage.stage}, stage.concurrency);
}

}  // namespace millrace::app::api
