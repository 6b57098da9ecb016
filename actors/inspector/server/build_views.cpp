#include "actors/inspector/server/build_views.hpp"

#include "actors/inspector/server/build_rows.hpp"
#include "actors/status/health_rules.hpp"
#include "base/os/host_name.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace millrace::actors {
namespace {

std::int64_t microseconds_of(stage_metrics::duration d) {
  return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

std::int64_t& member_of(job_counts& in, pipeline::job_state state) {
  switch (state) {
    case pipeline::job_state::queued:
      return in.queued;
    case pipeline::job_state::working:
      return in.working;
    case pipeline::job_state::retryable:
      return in.retryable;
    case pipeline::job_state::done:
      return in.done;
    case pipeline::job_state::deadletter:
      return in.deadletter;
    case pipeline::job_state::cancelled:
      break;
  }
  return in.cancelled;
}

stage_view& place_of(std::vector<stage_view>& in, const std::string& pipeline,
                     const std::string& stage) {
  const auto at = std::find_if(in.begin(), in.end(), [&](const stage_view& one) {
    return one.pipeline == pipeline && one.stage == stage;
  });
  return at != in.end() ? *at : in.emplace_back(stage_view{.pipeline = pipeline, .stage = stage});
}

std::optional<progress_view> build_progress(const job_row& job, const job_progress& said) {
  const auto found = said.find({job.id, job.epoch});
  if (!found)
    return std::nullopt;
  progress_view shown{
      .job = job.id, .message = found->what.message, .age_us = microseconds_of(found->age)};
  if (const auto percent = found->what.percent)
    shown.percent_thousandths = std::llround(*percent * 1000);
  return shown;
}

}  // namespace

std::int64_t age_us(std::int64_t since_ns) {
  return since_ns == 0 ? 0 : std::max<std::int64_t>((actor_metrics::now_ns() - since_ns) / 1000, 1);
}

std::vector<stage_view> build_stages(runtime_status& status, const pipeline::catalog& pipelines,
                                     int worker_count, stage_metrics::instant now) {
  std::vector<stage_view> all;
  for (const auto& pipeline : pipelines.pipelines())
    for (const auto& stage : pipeline.stages) {
      const auto read = status.stage(pipeline.name, stage.name)->read(now);
      stage_view shown{.pipeline = pipeline.name, .stage = stage.name};
      shown.waiting_here = read.waiting;
      shown.at_work_here = read.in_handler;
      shown.concurrency = stage.concurrency > 0 ? stage.concurrency : worker_count;
      shown.ended = read.ended;
      shown.ended_in_10_s = read.ended_lately;
      shown.p50_us = microseconds_of(read.p50);
      shown.p99_us = microseconds_of(read.p99);
      if (read.slowest_since)
        shown.call_age_us = std::max<std::int64_t>(microseconds_of(now - *read.slowest_since), 1);
      all.push_back(std::move(shown));
    }
  return all;
}

runtime_view build_runtime(const runtime_status& status, const std::vector<stage_view>& stages) {
  const auto identity = status.identity();
  runtime_view view{.runtime_id = identity ? identity->id : 0,
                    .host = host_name(),
                    .pid = getpid(),
                    .phase = std::string{to_string(status.phase())}};
  for (const auto& one : stages) {
    view.in_hand += one.waiting_here + one.at_work_here;
    view.ended_in_10_s += one.ended_in_10_s;
  }
  return view;
}

runtimes_view build_runtimes(std::vector<storage::runtime_record> all, time_point now,
                             std::int64_t own) {
  runtimes_view view{.read_at_us = to_us(now)};
  for (auto& runtime : all)
    view.runtimes.push_back(build_row(std::move(runtime), now, own));
  return view;
}

std::string describe_end(const runtime_status& status, const change_order& given) {
  const auto itself = build_runtime(status, {});
  return fmt::format("runtime {} ({}, pid {}) is told to {} by {}", itself.runtime_id, itself.host,
                     itself.pid, to_string(given.what), given.by);
}

std::string answer_to_end(order what) {
  return what == order::stop
             ? "the runtime gives back what it has in hand, and ends"
             : "the runtime begins nothing new, and ends when what is at work has ended or its "
               "grace is over";
}

void add_figures(std::vector<stage_view>& stages, const figures& counted) {
  for (const auto& one : counted.counts)
    member_of(place_of(stages, one.pipeline, one.stage).jobs, one.state) += one.count;
  for (const auto& one : counted.paused) {
    auto& stage = place_of(stages, one.pipeline, one.stage);
    stage.paused_at_us = to_us(one.since);
    stage.paused_by = one.by;
  }
}

actors_view build_actors(const runtime_status& status, const std::vector<stage_view>& stages) {
  actors_view view;
  for (const auto& one : status.actors()) {
    actor_view shown{.name = one.name,
                     .state = std::string{to_string(one.condition)},
                     .restarts = one.restarts,
                     .last_crash = one.crash};
    if (one.metrics) {
      shown.depth = one.metrics->depth;
      shown.peak = one.metrics->peak;
      shown.handled = one.metrics->handled;
      shown.busy_us = one.metrics->busy_ns / 1000;
      shown.message_age_us = age_us(one.metrics->busy_since_ns);
    }
    for (const auto& stage : stages)
      if (one.name == stage_actor_name(stage.pipeline, stage.stage))
        shown.call_age_us = stage.call_age_us;
    view.actors.push_back(std::move(shown));
  }
  return view;
}

health_view build_health(health seen, const runtime_status& status, duration hung_after) {
  for (const auto& one : status.actors()) {
    const duration age{one.metrics ? age_us(one.metrics->busy_since_ns) : 0};
    if (age < hung_after)
      continue;
    seen.state = health_state::unhealthy;
    seen.reasons.push_back(fmt::format("actor {} has had one message in hand for {:.1f} s",
                                       one.name, std::chrono::duration<double>(age).count()));
  }
  return {std::string{to_string(seen.state)}, std::move(seen.reasons)};
}

jobs_view with_progress(jobs_view view, const job_progress& said) {
  for (const auto& job : view.jobs)
    if (auto shown = build_progress(job, said))
      view.progress.push_back(std::move(*shown));
  return view;
}

job_view with_progress(job_view view, const job_progress& said) {
  if (view.job)
    view.progress = build_progress(*view.job, said);
  return view;
}

services_view build_services(const services_seen& seen) {
  services_view view;
  for (const auto& one : seen.all) {
    service_view shown{one.name, std::string{to_string(one.condition)}, to_us(one.since), {}};
    for (const auto& at : one.endpoints)
      shown.endpoints.push_back(
          {at.url, std::string{to_string(at.breaker)}, !at.is_out, to_us(at.since), at.why});
    view.services.push_back(std::move(shown));
  }
  return view;
}

}  // namespace millrace::actors
