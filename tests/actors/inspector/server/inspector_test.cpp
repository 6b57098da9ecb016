#include "actors/inspector/server/inspector.hpp"

#include "tests/support/virtual_runtime.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;
using namespace actors;
using pipeline::job_state;
using tests::virtual_runtime;

pipeline::definition chain(const std::vector<std::string>& handlers) {
  pipeline::definition plan{"p", {}};
  for (std::size_t i = 0; i < handlers.size(); ++i)
    plan.stages.push_back(
        {.name = std::string(1, static_cast<char>('a' + i)), .handler = handlers[i]});
  return plan;
}

bool is_alive(virtual_runtime& in, const std::string& name) {
  const auto all = in.alive();
  return std::find(all.begin(), all.end(), name) != all.end();
}

actor_view actor(virtual_runtime& in, const std::string& name) {
  const auto all = in.inspect<actors_view>(get_actors{}).actors;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  REQUIRE(at != all.end());
  return *at;
}

stage_view stage(virtual_runtime& in, const std::string& name) {
  const auto all = in.inspect<stages_view>(get_stages{}).stages;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.stage == name; });
  REQUIRE(at != all.end());
  return *at;
}

/// What was ordered of the runtime or of many jobs.
std::vector<std::string> orders(virtual_runtime& in) {
  std::vector<std::string> all;
  for (const auto& event :
       storage::list_events(in.database(), {.code = "ORDERED", .after = 0, .limit = 100})) {
    CHECK(event.type == "control");
    all.push_back(event.message);
  }
  return all;
}

TEST_CASE("the inspector shows what the runtime is") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop"})};
  runtime.start();
  const auto view = runtime.inspect<runtime_view>(get_runtime{});
  CHECK(view.version == "test");
  CHECK(view.database == "sqlite");
  CHECK(view.phase == "running");
  CHECK(view.health == "healthy");
  CHECK(view.in_hand == 0);
  CHECK(view.in_flight_limit == runtime.settings.in_flight);
}

TEST_CASE("the inspector shows every actor, with what it has handled") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop", "noop"})};
  runtime.start();
  std::vector<std::string> names;
  for (const auto& one : runtime.inspect<actors_view>(get_actors{}).actors) {
    names.push_back(one.name);
    INFO(one.name);
    CHECK(one.state == "working");
    CHECK(one.restarts == 0);
    // The inspector has one in hand while it answers.
    CHECK(one.depth == (one.name == "inspector" ? 1 : 0));
  }
  CHECK(names == std::vector<std::string>{"supervisor", "store", "poller", "stage:p.a", "stage:p.b",
                                          "service_router", "health_monitor", "inspector"});
  const auto before = actor(runtime, "store");
  const auto ids = runtime.submit(3);
  REQUIRE(runtime.pass_until([&] { return runtime.job(ids.back()).state == job_state::done; }));
  const auto after = actor(runtime, "store");
  CHECK(after.handled > before.handled);
  CHECK(after.busy_us > before.busy_us);
  CHECK(after.peak >= 1);
}

TEST_CASE("the inspector shows which actors crashed, how often and why") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop"})};
  runtime.start();
  runtime.crash("service_router");
  CHECK(actor(runtime, "service_router").state == "crashed");
  CHECK(actor(runtime, "service_router").last_crash == "a bug");
  REQUIRE(runtime.pass_until([&] { return is_alive(runtime, "service_router"); }));
  CHECK(actor(runtime, "service_router").state == "working");
  CHECK(actor(runtime, "service_router").restarts == 1);
  CHECK(actor(runtime, "store").restarts == 0);
}

TEST_CASE("the inspector counts the jobs at each stage") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop", "fail:always"})};
  runtime.pipelines[0].stages[1].max_attempts = 1;
  runtime.start();
  const auto ids = runtime.submit(4);
  REQUIRE(
      runtime.pass_until([&] { return runtime.job(ids.back()).state == job_state::deadletter; }));
  // What was counted before counts for a while.
  REQUIRE(runtime.pass_until([&] { return stage(runtime, "b").jobs.deadletter == 4; }));
  CHECK(stage(runtime, "a").jobs.queued == 0);
  CHECK(stage(runtime, "b").ended == 4);
  CHECK(stage(runtime, "b").waiting_here + stage(runtime, "b").at_work_here == 0);
  const auto paused_at = runtime.time().now();
  runtime.jobs().control.pause("p", "a", "anna", paused_at);
  runtime.submit(2);
  runtime.pass(1s);
  CHECK(stage(runtime, "a").jobs.queued == 2);
  CHECK(stage(runtime, "a").paused_by == "anna");
  CHECK(stage(runtime, "a").paused_at_us == to_us(paused_at));
}

TEST_CASE("orders of the inspector do what the commands do") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop", "noop"})};
  runtime.start();
  const auto send = [&](change_order what) {
    what.by = "anna";
    return runtime.inspect<order_answer>(give_order{what});
  };
  CHECK(send({.what = order::pause, .pipeline = "p", .stage = "a"}).done);
  runtime.pass(2s);
  const auto id = runtime.submit(1).front();
  runtime.pass(2s);
  CHECK(runtime.job(id).state == job_state::queued);
  CHECK(send({.what = order::resume, .pipeline = "p", .stage = "a"}).done);
  REQUIRE(runtime.pass_until([&] { return runtime.job(id).state == job_state::done; }));

  const auto refused = send({.what = order::cancel, .job = id});
  CHECK_FALSE(refused.done);
  CHECK_FALSE(refused.text.empty());
  CHECK_FALSE(send({.what = order::cancel, .job = 999}).done);
  CHECK_FALSE(send({.what = order::pause, .pipeline = "p", .stage = "nowhere"}).done);
  CHECK_FALSE(send({.what = order::resume, .pipeline = "p", .stage = "nowhere"}).done);

  CHECK_FALSE(send({.what = order::retry, .job = id}).done);
  CHECK(send({.what = order::replay, .stage = "b", .job = id}).done);
  REQUIRE(runtime.pass_until([&] { return runtime.job(id).state == job_state::done; }));
  CHECK(runtime.history(id).size() > 4);
}

TEST_CASE("the inspector shows jobs, one job with its reason and history, and events") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop", "fail"})};
  runtime.pipelines[0].stages[1].max_attempts = 1;
  runtime.start();
  const auto ids = runtime.submit(3);
  REQUIRE(
      runtime.pass_until([&] { return runtime.job(ids.back()).state == job_state::deadletter; }));
  const auto jobs = runtime.inspect<jobs_view>(get_jobs{.state = job_state::deadletter}).jobs;
  REQUIRE(jobs.size() == 3);
  CHECK(jobs.front().id == ids.back());
  CHECK(runtime.inspect<jobs_view>(get_jobs{.stage = "a"}).jobs.empty());
  CHECK(runtime.inspect<jobs_view>(get_jobs{.limit = -5}).jobs.size() == 1);

  const auto one = runtime.inspect<job_view>(get_job{ids.front()});
  REQUIRE(one.job);
  CHECK(one.job->stage == "b");
  CHECK_FALSE(one.reason.empty());
  CHECK_FALSE(one.next.empty());
  CHECK(one.events.size() == runtime.history(ids.front()).size());
  const auto none = runtime.inspect<job_view>(get_job{999});
  CHECK_FALSE(none.job);
  CHECK(none.reason == "UNKNOWN");

  // All of them in pieces of two are all of them at once.
  std::vector<std::int64_t> all;
  for (const auto& event : runtime.inspect<events_view>(get_events{}).events)
    all.push_back(event.id);
  std::vector<std::int64_t> pieces;
  get_events filter{.limit = 2};
  for (;;) {
    const auto page = runtime.inspect<events_view>(filter);
    if (page.events.empty())
      break;
    for (const auto& event : page.events)
      pieces.push_back(event.id);
    filter.after = page.next_after;
  }
  CHECK(pieces == all);
  const auto newest = runtime.inspect<events_view>(get_events{.after = -1, .limit = 2}).events;
  REQUIRE(newest.size() == 2);
  CHECK(newest.back().id == all.back());
}

TEST_CASE("the inspector shows no services where everything is done in the runtime") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop"})};
  runtime.start();
  const auto view = runtime.inspect<services_view>(get_services_view{});
  CHECK(view.trouble.empty());
  CHECK(view.services.empty());
}

TEST_CASE("the inspector sends dead jobs back in pieces, each once") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop", "fail"})};
  runtime.pipelines[0].stages[1].max_attempts = 1;
  runtime.start();
  const auto ids = runtime.submit(700);
  REQUIRE(
      runtime.pass_until([&] { return runtime.job(ids.back()).state == job_state::deadletter; }));
  CHECK(runtime.inspect<sent_back_view>(send_back_dead{.code = "NO_SUCH"}).replayed == 0);
  const auto first = runtime.inspect<sent_back_view>(send_back_dead{.by = "anna"});
  CHECK(first.replayed == 500);
  REQUIRE(first.next_after == ids[499]);
  const auto second =
      runtime.inspect<sent_back_view>(send_back_dead{.after = first.next_after, .by = "anna"});
  CHECK(second.replayed == 200);
  CHECK(second.next_after == 0);
  CHECK(orders(runtime) == std::vector<std::string>{
                               "all dead jobs of code NO_SUCH are sent back to where each died by ",
                               "all dead jobs are sent back to where each died by anna"});
  const auto wrong = runtime.inspect<sent_back_view>(send_back_dead{.from = "nowhere"});
  CHECK(wrong.replayed == 0);
}

TEST_CASE("the inspector ends the runtime when it is told to, and writes down who did") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop"})};
  runtime.start();
  const auto how = GENERATE(order::drain, order::stop);
  CHECK(runtime.inspect<order_answer>(give_order{change_order{.what = how, .by = "anna"}}).done);
  CHECK(runtime.pass_until([&] { return runtime.has_ended(); }));
  CHECK(runtime.report().failure.empty());
  const auto written = orders(runtime);
  REQUIRE(written.size() == 1);
  CHECK_THAT(written[0], Catch::Contains(fmt::format("told to {} by anna", to_string(how))));
}

TEST_CASE("a runtime goes on without an inspector that crashes again and again") {
  virtual_runtime runtime;
  runtime.settings.max_restarts = 2;
  runtime.pipelines = {chain({"noop"})};
  runtime.start();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(runtime.pass_until([&] { return is_alive(runtime, "inspector"); }));
    runtime.crash("inspector");
  }
  runtime.pass(90s);
  CHECK_FALSE(is_alive(runtime, "inspector"));
  CHECK_FALSE(runtime.has_ended());
  const auto id = runtime.submit(1).front();
  CHECK(runtime.pass_until([&] { return runtime.job(id).state == job_state::done; }));
  // The others may crash as often as without it.
  runtime.crash("service_router");
  CHECK(runtime.pass_until([&] { return is_alive(runtime, "service_router"); }));
}

TEST_CASE("an actor that crashes while the core restarts comes back with it") {
  virtual_runtime runtime;
  runtime.pipelines = {chain({"noop"})};
  runtime.start();
  runtime.crash("store");
  for (const auto* name : {"service_router", "health_monitor", "inspector"})
    runtime.crash(name);
  REQUIRE(runtime.pass_until([&] { return runtime.is_running(); }));
  for (const auto* name : {"store", "service_router", "health_monitor", "inspector"})
    CHECK(runtime.pass_until([&] { return is_alive(runtime, name); }));
}

}  // namespace
