#include "tests/app/screen/sample.hpp"

#include "app/terminal/text.hpp"

#include <fmt/format.h>

namespace millrace::tests {
namespace {

using namespace std::chrono_literals;
using pipeline::job_state;

const auto noon = from_us(1'795'608'000'000'000);

actors::stage_view stage(std::string in, std::string name, actors::job_counts jobs,
                         std::int64_t ended_in_10_s) {
  return {.pipeline = std::move(in),
          .stage = std::move(name),
          .jobs = jobs,
          .concurrency = 2,
          .ended = 100,
          .ended_in_10_s = ended_in_10_s,
          .p50_us = ended_in_10_s == 0 ? 0 : 11'000,
          .p99_us = ended_in_10_s == 0 ? 0 : 1'200'000};
}

actors::actor_view actor(std::string name, std::int64_t busy_us) {
  return {
      .name = std::move(name), .state = "working", .peak = 3, .handled = 1000, .busy_us = busy_us};
}

actors::job_row job(pipeline::job_id id, std::string stage, job_state state) {
  return {.id = id,
          .pipeline = "ingest",
          .stage = std::move(stage),
          .state = state,
          .attempt = 1,
          .run_at = noon,
          .created_at = noon - 1h,
          .updated_at = noon - 5min,
          .payload = R"({"path":"/docs/a.md"})"};
}

actors::event_row event(std::int64_t id, std::string type, std::string severity, std::string code,
                        std::string message) {
  return {.id = id,
          .job = 7,
          .pipeline = "ingest",
          .stage = "parsing",
          .type = std::move(type),
          .severity = std::move(severity),
          .code = std::move(code),
          .message = std::move(message),
          .at = noon + std::chrono::seconds{id}};
}

}  // namespace

app::snapshot sample_picture() {
  app::snapshot out;
  out.taken_at = noon + 1min;
  out.runtime = {.runtime_id = 3,
                 .host = "box",
                 .pid = 4711,
                 .started_at_us = to_us(noon - 1h),
                 .database = "sqlite",
                 .phase = "running",
                 .health = "degraded",
                 .in_flight_limit = 100,
                 .in_hand = 12,
                 .ended_in_10_s = 123};
  out.health = {"degraded", {"jobs wait for too long at parsing: 5m"}};
  out.stages.counted_at_us = to_us(out.taken_at);
  out.stages.stages = {stage("ingest", "job_validated", {.queued = 120, .working = 4}, 100),
                       stage("ingest", "parsing", {.retryable = 2, .deadletter = 1}, 23),
                       stage("ingest", "embedding", {.queued = 7}, 0),
                       stage("nightly", "fetch", {}, 0)};
  out.stages.stages[2].paused_at_us = to_us(noon);
  out.stages.stages[2].paused_by = "ann";
  out.actors.actors = {actor("supervisor", 10), actor("store", 5'000'000), actor("poller", 2'000),
                       actor("stage:ingest.parsing", 7'000)};
  out.actors.actors[2].state = "crashed";
  out.actors.actors[2].restarts = 1;
  out.actors.actors[2].last_crash = "bad luck";
  out.busy_percent = {{"store", 42}};
  out.jobs.jobs = {job(9, "parsing", job_state::working), job(7, "parsing", job_state::deadletter)};
  out.jobs.jobs[1].code = "PDF_BROKEN";
  out.jobs.jobs[1].message = "no page can be read";
  out.events.events = {event(1, "stage_started", "info", "", ""),
                       event(2, "error", "error", "PDF_BROKEN", "no page can be read"),
                       event(3, "finalized", "info", "", "")};
  return out;
}

std::string text_of(const std::vector<app::line>& lines) {
  std::string text;
  for (const auto& one : lines) {
    std::string whole;
    for (const auto& part : one)
      whole += part.text;
    whole.resize(whole.find_last_not_of(' ') + 1);
    text += whole + '\n';
  }
  return text;
}

}  // namespace millrace::tests
