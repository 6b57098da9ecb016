#include "actors/inspector/server/build_views.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;
using namespace actors;
using pipeline::job_state;

std::int64_t ago(std::chrono::nanoseconds age) { return actor_metrics::now_ns() - age.count(); }

TEST_CASE(
    "an actor that hangs is seen by the age of its message, and makes the runtime unhealthy") {
  runtime_status status;
  const auto metrics = std::make_shared<actor_metrics>();
  status.spawned("store", metrics);
  status.ready("store");
  CHECK(build_actors(status, {}).actors.at(0).message_age_us == 0);
  CHECK(build_health({}, status, 15s).state == "healthy");

  metrics->depth = 3;
  metrics->busy_since_ns = ago(20s);
  const auto shown = build_actors(status, {}).actors.at(0);
  CHECK(shown.depth == 3);
  CHECK(shown.message_age_us >= 20'000'000);
  const auto health = build_health({}, status, 15s);
  CHECK(health.state == "unhealthy");
  REQUIRE(health.reasons.size() == 1);
  CHECK_THAT(health.reasons[0], Catch::StartsWith("actor store has had one message in hand for 2"));
  CHECK(build_health({}, status, 1min).state == "healthy");
}

TEST_CASE("what a handler says is shown with its job, as long as the job is in its hands") {
  job_progress said;
  said.set({7, 3}, {.percent = 33.3337, .message = "page 1"});
  said.set({8, 1}, {.percent = {}, .message = "reading"});
  job_row seven{.id = 7, .epoch = 3};
  const job_row eight{.id = 8, .epoch = 1};
  const auto one = with_progress(job_view{.job = seven}, said).progress;
  REQUIRE(one);
  CHECK(one->percent_thousandths == 33'334);
  CHECK(one->message == "page 1");
  CHECK(one->age_us >= 0);
  const auto all = with_progress(jobs_view{.jobs = {{.id = 1}, eight, seven}}, said).progress;
  REQUIRE(all.size() == 2);
  CHECK(all[0].job == 8);
  CHECK_FALSE(all[0].percent_thousandths);
  CHECK(all[1].job == 7);
  // In other hands, or in these again.
  ++seven.epoch;
  CHECK_FALSE(with_progress(job_view{.job = seven}, said).progress);
  CHECK_FALSE(with_progress(job_view{}, said).progress);
}

TEST_CASE("what the health monitor found is kept beside it") {
  const runtime_status status;
  const auto health = build_health({health_state::degraded, {"the oldest job waits"}}, status, 15s);
  CHECK(health.state == "degraded");
  CHECK(health.reasons == std::vector<std::string>{"the oldest job waits"});
}

TEST_CASE("jobs of stages that this runtime does not serve are shown too") {
  std::vector<stage_view> stages{{.pipeline = "p", .stage = "a"}};
  figures counted;
  counted.counts = {{"p", "a", job_state::queued, 5},
                    {"p", "a", job_state::deadletter, 1},
                    {"far", "x", job_state::working, 7}};
  counted.paused = {{"far", "x", from_us(8), "anna"}};
  add_figures(stages, counted);
  REQUIRE(stages.size() == 2);
  CHECK(stages[0].jobs.queued == 5);
  CHECK(stages[0].jobs.deadletter == 1);
  CHECK(stages[1].pipeline == "far");
  CHECK(stages[1].jobs.working == 7);
  CHECK(stages[1].paused_at_us == 8);
  CHECK(stages[1].paused_by == "anna");
}

TEST_CASE("the roster counts restarts, and keeps why an actor crashed last") {
  runtime_status status;
  status.spawned("store", std::make_shared<actor_metrics>());
  status.crashed("store", "a bug");
  CHECK(status.actors().at(0).condition == actor_condition::crashed);
  status.spawned("store", std::make_shared<actor_metrics>());
  status.ready("store");
  const auto store = status.actors().at(0);
  CHECK(store.condition == actor_condition::working);
  CHECK(store.restarts == 1);
  CHECK(store.crash == "a bug");
}

}  // namespace
