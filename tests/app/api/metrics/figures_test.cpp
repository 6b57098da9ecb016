#include "app/api/metrics/figures.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace {

using namespace millrace;
using namespace millrace::app::api;
using namespace std::chrono_literals;
using actors::runtime_status;
using Catch::Contains;

const both_clocks now{from_us(1'000'000'000), std::chrono::steady_clock::now()};

template <class Add>
std::string written(Add add) {
  metrics_text to{exposition::plain};
  add(to);
  return to.finish();
}

std::string health_of(const runtime_status& status) {
  return written([&](metrics_text& to) { add_health(to, status, 15s, now); });
}

std::string jobs_of(const actors::stages_view& seen) {
  const pipeline::catalog known{{{"mill", {{.name = "grind", .handler = "noop"}}}}};
  return written([&](metrics_text& to) { add_jobs(to, seen, known); });
}

actors::stage_view stage(std::string pipeline, std::string name, std::int64_t queued) {
  return {.pipeline = std::move(pipeline), .stage = std::move(name), .jobs = {.queued = queued}};
}

/// One actor that works and one that hangs or crashes.
struct two_actors {
  std::shared_ptr<actors::actor_metrics> metrics = std::make_shared<actors::actor_metrics>();
  runtime_status status;

  two_actors() {
    metrics->depth = 7;
    metrics->busy_ns = 2'500'000'000;
    status.spawned("store", std::make_shared<actors::actor_metrics>());
    status.spawned("poller", metrics);
    status.ready("store");
    status.ready("poller");
  }

  std::string figures() const {
    return written([&](metrics_text& to) { add_runtime(to, status); });
  }
};

TEST_CASE("jobs of stages that are not configured are one series, however many name some") {
  const auto text = jobs_of({.counted_at_us = 5'000'000,
                             .stages = {stage("mill", "grind", 3), stage("mill", "gone", 4),
                                        stage("evil\"\n", "a", 5), stage("foreign", "b", 6)}});
  CHECK_THAT(text,
             Contains("millrace_jobs{pipeline=\"mill\",stage=\"grind\",state=\"queued\"} 3\n"));
  CHECK_THAT(
      text,
      Contains("millrace_jobs{pipeline=\"(other)\",stage=\"(other)\",state=\"queued\"} 15\n"));
  CHECK_THAT(text, !Contains("gone") && !Contains("evil") && !Contains("foreign"));
  CHECK_THAT(text, Contains("millrace_jobs_counted_timestamp_seconds 5\n"));
}

TEST_CASE("jobs that could not be counted are not told of, and none counts as none") {
  actors::stages_view seen{.counted_at_us = 5'000'000, .stages = {stage("mill", "grind", 0)}};
  CHECK_THAT(jobs_of(seen), Contains("stage=\"grind\",state=\"deadletter\"} 0\n"));
  seen.trouble = "the database is away";
  CHECK_THAT(jobs_of(seen), !Contains("millrace_jobs{") && !Contains("millrace_stage_paused") &&
                                Contains("millrace_jobs_counted_timestamp_seconds 5\n"));
  CHECK_THAT(jobs_of({.stages = {stage("mill", "grind", 0)}}), !Contains("millrace_jobs"));
}

TEST_CASE("nothing is told of health before the health monitor has looked") {
  CHECK(health_of(runtime_status{}).empty());
}

TEST_CASE("health is told by what is wrong, and when it was looked at") {
  runtime_status status;
  actors::health_report report{.at = now.steady - 3s};
  report.seen.database.lag_us = 90'000'000;
  report.seen.database.horizon_age = 2min;
  report.reasons = {{actors::concern::lag, actors::health_state::degraded, "it lags"},
                    {actors::concern::service, actors::health_state::degraded, "one is out"},
                    {actors::concern::service, actors::health_state::degraded, "another is out"}};
  status.report(std::make_shared<const actors::health_report>(report));
  const auto text = health_of(status);
  CHECK_THAT(text, Contains("millrace_health{state=\"healthy\"} 0\n") &&
                       Contains("millrace_health{state=\"degraded\"} 1\n"));
  CHECK_THAT(text, Contains("millrace_health_reasons{concern=\"lag\"} 1\n") &&
                       Contains("millrace_health_reasons{concern=\"service\"} 2\n") &&
                       Contains("millrace_health_reasons{concern=\"disk\"} 0\n"));
  CHECK_THAT(text, Contains("millrace_health_checked_timestamp_seconds 997\n"));
  CHECK_THAT(text, Contains("millrace_oldest_due_job_seconds 90\n") &&
                       Contains("millrace_database_horizon_age_seconds 120\n"));
}

TEST_CASE_METHOD(two_actors, "an actor that hangs makes a runtime unhealthy that was not so") {
  status.report(
      std::make_shared<const actors::health_report>(actors::health_report{.at = now.steady}));
  CHECK_THAT(health_of(status), Contains("millrace_health{state=\"healthy\"} 1\n"));
  metrics->busy_since_ns = actors::actor_metrics::now_ns() - 60'000'000'000;
  CHECK_THAT(health_of(status), Contains("millrace_health{state=\"unhealthy\"} 1\n") &&
                                    Contains("millrace_health_reasons{concern=\"actor\"} 1\n"));
}

TEST_CASE("the breaker of an endpoint has one state") {
  runtime_status status;
  actors::health_report report{.at = now.steady};
  report.seen.services = {{.name = "embedder",
                           .endpoints = {{.is_out = true,
                                          .url = "http://gpu",
                                          .breaker = pipeline::remote::breaker_state::half_open}}}};
  status.report(std::make_shared<const actors::health_report>(report));
  const auto text = health_of(status);
  const std::string labels = "{service=\"embedder\",endpoint=\"http://gpu\"";
  CHECK_THAT(text, Contains("millrace_service_endpoint_up" + labels + "} 0\n"));
  CHECK_THAT(text, Contains("millrace_service_breaker" + labels + ",state=\"half-open\"} 1\n") &&
                       Contains("millrace_service_breaker" + labels + ",state=\"closed\"} 0\n") &&
                       Contains("millrace_service_breaker" + labels + ",state=\"open\"} 0\n"));
}

TEST_CASE_METHOD(two_actors, "the figures of an actor end with it, those of its crashes do not") {
  CHECK_THAT(figures(), Contains("millrace_actor_up{actor=\"poller\"} 1\n") &&
                            Contains("millrace_actor_mailbox_messages{actor=\"poller\"} 7\n") &&
                            Contains("millrace_actor_busy_seconds_total{actor=\"poller\"} 2.5\n") &&
                            Contains("millrace_actor_restarts_total{actor=\"poller\"} 0\n"));
  status.crashed("poller", "why");
  CHECK_THAT(figures(), Contains("millrace_actor_up{actor=\"poller\"} 0\n") &&
                            !Contains("millrace_actor_mailbox_messages{actor=\"poller\"}") &&
                            Contains("millrace_actor_restarts_total{actor=\"poller\"} 0\n"));
  status.spawned("poller", std::make_shared<actors::actor_metrics>());
  CHECK_THAT(figures(), Contains("millrace_actor_mailbox_messages{actor=\"poller\"} 0\n") &&
                            Contains("millrace_actor_restarts_total{actor=\"poller\"} 1\n"));
}

TEST_CASE("a stage where nothing waits and no call goes on says 0") {
  runtime_status status;
  const auto stage = status.stage("mill", "grind");
  const auto figures = [&] {
    return written([&](metrics_text& to) { add_stages(to, status, now); });
  };
  const std::string labels = "{pipeline=\"mill\",stage=\"grind\"}";
  CHECK_THAT(figures(), Contains("millrace_stage_longest_wait_seconds" + labels + " 0\n") &&
                            Contains("millrace_stage_longest_call_seconds" + labels + " 0\n") &&
                            Contains("millrace_jobs_fenced_total" + labels + " 0\n") &&
                            Contains("millrace_handler_duration_seconds_count" + labels + " 0\n"));
  stage->now_at_work(5, 3, now.steady - 2s, now.steady - 4s);
  stage->batch_ended(3, 20ms, now.steady);
  CHECK_THAT(figures(), Contains("millrace_stage_waiting_jobs" + labels + " 5\n") &&
                            Contains("millrace_stage_running_jobs" + labels + " 3\n") &&
                            Contains("millrace_stage_longest_wait_seconds" + labels + " 4\n") &&
                            Contains("millrace_stage_longest_call_seconds" + labels + " 2\n") &&
                            Contains("stage=\"grind\",le=\"0.01\"} 0\n") &&
                            Contains("stage=\"grind\",le=\"0.025\"} 3\n"));
}

TEST_CASE("the process tells when it started, and the disk how much is free") {
  app::settings values;
  values.runtime.data_dir = "/";
  values.runtime.database.url = "postgresql://nowhere/x";
  const auto text = written([&](metrics_text& to) {
    add_process(to);
    add_disk(to, values);
  });
  for (const auto* name :
       {"process_cpu_seconds_total ", "process_resident_memory_bytes ",
        "process_start_time_seconds 1", "process_open_fds ", "process_max_fds ",
        "millrace_disk_free_bytes ", "millrace_disk_size_bytes ", "millrace_disk_min_free_bytes "})
    CHECK_THAT(text, Contains(std::string{"\n"} + name));
  CHECK_THAT(text, !Contains("millrace_sqlite_file_bytes"));
  values.runtime.data_dir = "/nowhere/at/all";
  CHECK_THAT(written([&](metrics_text& to) { add_disk(to, values); }),
             !Contains("millrace_disk_free_bytes"));
}

}  // namespace
