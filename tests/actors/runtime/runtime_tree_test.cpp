#include "tests/support/virtual_runtime.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;
using pipeline::job_state;
using tests::virtual_runtime;

using lines = std::vector<std::string>;

pipeline::definition chain(std::string name, const std::vector<std::string>& handlers) {
  pipeline::definition plan{std::move(name), {}};
  for (std::size_t i = 0; i < handlers.size(); ++i)
    plan.stages.push_back(
        {.name = std::string(1, static_cast<char>('a' + i)), .handler = handlers[i]});
  return plan;
}

bool contains(const lines& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

struct silent_state {
  static inline const char* name = "mute";
};

/// A component that never reports.
actors::child_spec mute() {
  return {"mute", actors::child_role::helper,
          [](caf::local_actor& parent, std::uint32_t, const actors::supervisor_actor&) {
            auto silent =
                parent.spawn([](actors::service_router_actor::stateful_pointer<silent_state>)
                                 -> actors::service_router_actor::behavior_type {
                  return {[](actors::get_services) { return actors::services_seen{}; },
                          [](actors::ping) { return actors::pong{}; }};
                });
            return caf::actor_cast<caf::strong_actor_ptr>(silent);
          }};
}

TEST_CASE("jobs go through every stage, each with its event, and end done") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop", "noop", "noop"})};
  runtime.start();
  const auto ids = runtime.submit(5);
  REQUIRE(runtime.pass_until([&] { return runtime.job(ids.back()).state == job_state::done; }));
  for (const auto id : ids)
    CHECK(runtime.history(id) ==
          lines{"a stage_started", "a stage_done", "b stage_done", "c stage_done", "c finalized"});
}

TEST_CASE("the health monitor is spawned after every other component has reported, not before") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop"})};
  SECTION("one is missing") {
    runtime.more_children = {mute()};
    runtime.start();
    runtime.pass(runtime.settings.init_timeout - 1s);
    CHECK(contains(runtime.alive(), "store"));
    CHECK_FALSE(contains(runtime.alive(), "health_monitor"));
    CHECK_FALSE(runtime.is_running());
  }
  SECTION("all are there") {
    runtime.start();
    CHECK(contains(runtime.alive(), "health_monitor"));
    CHECK(runtime.is_running());
  }
}

TEST_CASE("nothing is claimed before every component has reported") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop"})};
  runtime.more_children = {mute()};
  runtime.start();
  const auto id = runtime.submit(1).front();
  runtime.pass(runtime.settings.init_timeout - 1s);
  CHECK(runtime.job(id).state == job_state::queued);
}

TEST_CASE("a component that never reports ends the start-up after init_timeout, by name") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop"})};
  runtime.more_children = {mute()};
  runtime.start();
  runtime.pass(runtime.settings.init_timeout - 10ms);
  CHECK_FALSE(runtime.has_ended());
  runtime.pass(1s);
  CHECK(runtime.has_ended());
  CHECK_THAT(runtime.report().failure,
             Catch::Contains("mute did not report init-complete within 30s"));
}

TEST_CASE("a failed attempt is made again after its backoff, and the last one ends the job") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"fail:retry:BUSY"})};
  runtime.start();
  const auto id = runtime.submit(1).front();
  runtime.pass(1s);
  CHECK(runtime.job(id).state == job_state::retryable);
  CHECK(runtime.job(id).attempt == 1);
  REQUIRE(runtime.pass_until([&] { return runtime.job(id).state == job_state::deadletter; }));
  CHECK(runtime.job(id).attempt == 3);
  CHECK(runtime.job(id).code == "BUSY");
  CHECK(runtime.history(id) == lines{"a stage_started", "a retry BUSY", "a stage_started",
                                     "a retry BUSY", "a stage_started", "a error BUSY",
                                     "a finalized BUSY"});
}

TEST_CASE("a handler that throws is a retry, and harms no other job") {
  virtual_runtime runtime;
  runtime.handlers.add("moody",
                       [](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
                         if (j.id % 2 == 0)
                           throw std::runtime_error{"not an even one"};
                         return pipeline::advance{};
                       });
  runtime.pipelines = {chain("p", {"moody"})};
  runtime.start();
  const auto ids = runtime.submit(2);
  runtime.pass(1s);
  for (const auto id : ids)
    CHECK(runtime.job(id).state == (id % 2 == 0 ? job_state::retryable : job_state::done));
  const auto even = runtime.job(ids[0] % 2 == 0 ? ids[0] : ids[1]);
  CHECK(even.code == "HANDLER_ERROR");
  CHECK(even.message == "not an even one");
}

TEST_CASE("a rejected job is dead at once") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop", "fail:BAD", "noop"})};
  runtime.start();
  const auto id = runtime.submit(1).front();
  runtime.pass(1s);
  CHECK(runtime.job(id).state == job_state::deadletter);
  CHECK(runtime.job(id).stage == "b");
}

TEST_CASE("a skip to a stage that does not exist is the handler's error, not a stuck job") {
  virtual_runtime runtime;
  runtime.handlers.add("lost",
                       [](const pipeline::job&, const pipeline::context&) -> pipeline::outcome {
                         return pipeline::advance{{}, "z"};
                       });
  runtime.pipelines = {chain("p", {"lost", "noop"})};
  runtime.start();
  const auto id = runtime.submit(1).front();
  runtime.pass(1s);
  CHECK(runtime.job(id).state == job_state::deadletter);
  CHECK(runtime.job(id).code == "HANDLER_ERROR");
}

TEST_CASE("a part of a stage's work is written and the handler called again") {
  virtual_runtime runtime;
  int calls = 0;
  runtime.handlers.add(
      "parts", [&](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
        if (++calls < 3)
          return pipeline::proceed{{pipeline::effects::write_output{std::to_string(calls)}}};
        CHECK(j.output == "2");
        return pipeline::advance{};
      });
  runtime.pipelines = {chain("p", {"parts"})};
  runtime.start();
  const auto id = runtime.submit(1).front();
  runtime.pass(1s);
  CHECK(runtime.job(id).state == job_state::done);
  CHECK(runtime.history(id) == lines{"a stage_started", "a control PROGRESS", "a control PROGRESS",
                                     "a stage_done", "a finalized"});
}

TEST_CASE("the runtime ends by itself when it runs until idle, after what waits for its time") {
  virtual_runtime runtime;
  runtime.settings.until_idle = true;
  runtime.pipelines = {chain("p", {"noop"}), chain("q", {"fail:retry"})};
  runtime.start();
  CHECK(runtime.has_ended());

  virtual_runtime other;
  other.settings.until_idle = true;
  other.pipelines = {chain("q", {"fail:retry", "noop"})};
  other.start();
  CHECK(other.report().went_idle);
}

TEST_CASE("a paused stage starts nothing, and its jobs go on when it is resumed") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop", "noop"})};
  runtime.start();
  runtime.jobs().control.pause("p", "b", "me", runtime.time().now());
  runtime.pass(2s);
  const auto id = runtime.submit(1).front();
  runtime.pass(10s);
  CHECK(runtime.job(id).stage == "b");
  CHECK(runtime.job(id).state == job_state::queued);
  runtime.jobs().control.resume("p", "b", "me", runtime.time().now());
  runtime.pass(2s);
  CHECK(runtime.job(id).state == job_state::done);
  CHECK(runtime.history(id) ==
        lines{"a stage_started", "a stage_done", "b stage_started", "b stage_done", "b finalized"});
}

TEST_CASE("a stop gives every job back or ends it, and ends the tree") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop"})};
  runtime.start();
  const auto ids = runtime.submit(3);
  runtime.stop();
  runtime.pass(1s);
  CHECK(runtime.has_ended());
  CHECK(runtime.report().failure.empty());
  for (const auto id : ids)
    CHECK(runtime.job(id).state != job_state::working);
}

TEST_CASE("a stop ends though the database takes no writes, and loses nothing") {
  virtual_runtime runtime;
  runtime.settings.database.busy_timeout = 1ms;
  runtime.pipelines = {chain("p", {"noop"})};
  runtime.start();
  const auto id = runtime.submit(1).front();
  {
    const storage::transaction lock{runtime.database()};
    runtime.pass(1s);
    runtime.stop();
    runtime.pass(2s);
    CHECK_FALSE(runtime.has_ended());
    runtime.pass(2s);
    CHECK(runtime.has_ended());
  }
  CHECK(runtime.report().failure.empty());
  CHECK(runtime.job(id).state == job_state::queued);
}

TEST_CASE("any child that crashes is restarted, and jobs go on") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop", "noop"})};
  std::vector<std::string> names{"store",     "poller",         "stage:p.a",
                                 "stage:p.b", "service_router", "health_monitor"};
  runtime.start();
  for (const auto& name : names) {
    INFO(name);
    runtime.crash(name);
    CHECK_FALSE(contains(runtime.alive(), name));
    const auto id = runtime.submit(1).front();
    REQUIRE(runtime.pass_until([&] { return runtime.job(id).state == job_state::done; }));
    CHECK(contains(runtime.alive(), name));
    runtime.pass(runtime.settings.restart_window * 2);
  }
}

TEST_CASE("a child that crashes too often ends the runtime with the reason") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop"})};
  runtime.start();
  for (int i = 0; i <= runtime.settings.max_restarts; ++i) {
    REQUIRE_FALSE(runtime.has_ended());
    runtime.crash("service_router");
    runtime.pass(6s);
  }
  CHECK(runtime.has_ended());
  CHECK_THAT(runtime.report().failure, Catch::Contains("service_router crashed too often"));
}

TEST_CASE("an actor that crashes while the core restarts is restarted as well") {
  virtual_runtime runtime;
  runtime.pipelines = {chain("p", {"noop"})};
  runtime.settings.database.busy_timeout = 0ms;
  runtime.start();
  std::optional<storage::transaction> writing{std::in_place, runtime.database()};
  runtime.crash("store");
  // The store is there again, and cannot open its database.
  runtime.pass(2s);
  REQUIRE_FALSE(runtime.is_running());
  SECTION("a helper") { runtime.crash("service_router"); }
  SECTION("one of the core") { runtime.crash("poller"); }
  SECTION("an observer") { runtime.crash("health_monitor"); }
  runtime.pass(1s);
  writing.reset();
  runtime.pass(5s);
  CHECK(runtime.is_running());
  const auto id = runtime.submit(1).front();
  CHECK(runtime.pass_until([&] { return runtime.job(id).state == job_state::done; }));
}

}  // namespace
