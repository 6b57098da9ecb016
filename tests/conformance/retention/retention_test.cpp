#include "storage/retention/retention.hpp"

#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

namespace millrace::storage::testing {
namespace {

struct retention_fixture : store_fixture {
  retention_settings settings{.finished = 10min, .dead = 0s, .events = 0s};

  /// A whole pass; answers what it deleted, and in how many steps.
  cleaned pass(retention& what) {
    cleaned sum;
    steps = 0;
    do {
      const auto one = what.step(on, now);
      sum.jobs += one.jobs;
      sum.events += one.events;
      sum.more = one.more;
      REQUIRE(++steps < 1000);
    } while (sum.more);
    return sum;
  }
  int steps = 0;

  cleaned pass() {
    retention one{settings};
    return pass(one);
  }

  /// One of `trio`, or of `solo`.
  job_id ended(const pipeline::transition_event& how, std::uint16_t in = 0) {
    const std::vector<new_job> one{{.pipeline = in, .payload = R"({"a":1})"}};
    const auto id = store.submitter.enqueue(one, now).front();
    settle(claim().front(), how);
    return id;
  }
};

TEST_CASE_METHOD(retention_fixture, "jobs that ended long ago go with their payloads") {
  ended(pipeline::finish{});
  const auto cancelled = add();
  store.control.cancel(cancelled, "ann", now);
  const auto dead = ended(pipeline::reject{"BAD", "no good"});
  const auto queued = add();
  now += 11min;
  const auto young = ended(pipeline::finish{});
  REQUIRE(ask("select count(*) from job_details") == 4);
  CHECK(pass().jobs == 2);
  CHECK(ask(fmt::format("select count(*) from jobs where job_id in ({}, {}, {})", dead, queued,
                        young)) == 3);
  CHECK(ask("select count(*) from jobs") == 3);
  CHECK(ask("select count(*) from job_details") == 2);
  CHECK(pass().jobs == 0);
}

TEST_CASE_METHOD(retention_fixture,
                 "dead jobs go when that is wanted, and nothing when it is not") {
  ended(pipeline::reject{"BAD", "no good"});
  ended(pipeline::finish{});
  now += 24h;
  settings = {.finished = 0s, .dead = 0s, .events = 0s};
  CHECK(settings.keeps_all());
  CHECK(pass().jobs == 0);
  settings.dead = 1h;
  CHECK(pass().jobs == 1);
  CHECK(ask("select count(*) from jobs where state = 'done'") == 1);
}

TEST_CASE_METHOD(retention_fixture, "a pass goes over all jobs, in windows") {
  const auto many = 2500;
  store.submitter.enqueue(std::vector<new_job>(many), now);
  std::vector<settlement> all;
  for (const auto& job : claim(many))
    if (job.id % 2 == 0)
      all.push_back({job, pipeline::finish{}});
  settle(all);
  now += 11min;
  CHECK(pass().jobs == many / 2);
  CHECK(steps >= 3);
}

TEST_CASE_METHOD(retention_fixture,
                 "a pass is over where all jobs are young, however many there are") {
  const auto old = ended(pipeline::finish{});
  now += 11min;
  store.submitter.enqueue(std::vector<new_job>(5000), now);
  CHECK(pass().jobs == 1);
  CHECK_FALSE(find_job(on, old));
  CHECK(steps == 2);
}

TEST_CASE_METHOD(retention_fixture, "each pipeline has times of its own, for each state") {
  const auto cancelled = [&](std::uint16_t in) {
    const auto id = store.submitter.enqueue(std::vector<new_job>{{.pipeline = in}}, now).front();
    store.control.cancel(id, "ann", now);
    return id;
  };
  const std::vector<job_id> trio{ended(pipeline::finish{}), cancelled(0),
                                 ended(pipeline::reject{"BAD", "no good"})};
  const std::vector<job_id> solo{ended(pipeline::finish{}, 1), cancelled(1),
                                 ended(pipeline::reject{"BAD", "no good"}, 1)};
  const auto are_left = [&](const std::vector<job_id>& all) {
    std::vector<bool> left;
    for (const auto id : all)
      left.push_back(find_job(on, id).has_value());
    return left;
  };
  using answer = std::vector<bool>;
  auto plans = pipelines.pipelines();
  plans[1].retention_finished = 2h;
  plans[1].retention_dead = 30min;
  settings.dead = 1h;
  retention one{with_pipelines(settings, pipeline::catalog{plans})};
  now += 11min;
  CHECK(pass(one).jobs == 2);
  CHECK(are_left(trio) == answer{false, false, true});
  now += 20min;
  CHECK(pass(one).jobs == 1);
  CHECK(are_left(solo) == answer{true, true, false});
  now += 30min;
  CHECK(pass(one).jobs == 1);
  CHECK(are_left(trio) == answer{false, false, false});
  now += 1h;
  CHECK(pass(one).jobs == 2);
  CHECK(are_left(solo) == answer{false, false, false});
}

TEST_CASE_METHOD(retention_fixture,
                 "a pipeline that was removed from the configuration follows what holds for all") {
  const auto id = ended(pipeline::finish{}, 1);
  const std::vector<pipeline::definition> rest{pipelines.pipelines().front()};
  // A runtime that is configured with it, on another machine perhaps, knows better for a day.
  announce(on, pipelines, register_runtime(on, "elsewhere", 1, "test", now + 15s, now), now);
  retention one{with_pipelines(settings, pipeline::catalog{rest})};
  now += 20h;
  CHECK(pass(one).jobs == 0);
  now += 26h;
  CHECK(pass(one).jobs == 1);
  CHECK_FALSE(find_job(on, id));
}

TEST_CASE_METHOD(retention_fixture, "what is kept longer is not read again with each pass") {
  const auto many = 5000;
  store.submitter.enqueue(std::vector<new_job>(many, new_job{.pipeline = 1}), now);
  std::vector<settlement> all;
  for (const auto& job : claim(many))
    all.push_back({job, pipeline::finish{}});
  settle(all);
  auto plans = pipelines.pipelines();
  plans[1].retention_finished = 365 * 24h;
  retention one{with_pipelines(settings, pipeline::catalog{plans})};
  ended(pipeline::finish{});
  now += 11min;
  CHECK(pass(one).jobs == 1);
  REQUIRE(steps > 5);
  for (int i = 0; i < 3; ++i) {
    const auto next = ended(pipeline::finish{});
    now += 11min;
    CHECK(pass(one).jobs == 1);
    CHECK_FALSE(find_job(on, next));
    CHECK(steps <= 3);
  }
  // Then all at once.
  now += 365 * 24h;
  CHECK(pass(one).jobs == many);
}

TEST_CASE_METHOD(retention_fixture, "neither jobs nor events wait for the end of the other") {
  for (int i = 0; i < 5; ++i)
    ended(pipeline::finish{});
  store.submitter.enqueue(std::vector<new_job>(2500), now);
  on.session() << "update jobs set state = 'done'";
  settings.events = 10min;
  now += 11min;
  retention one{settings};
  cleaned sum;
  for (int steps = 0; steps < 2; ++steps) {
    const auto step = one.step(on, now);
    sum.jobs += step.jobs;
    sum.events += step.events;
    CHECK(step.more);
  }
  CHECK(sum.jobs == 1000);
  CHECK(sum.events == 15);
}

TEST_CASE_METHOD(retention_fixture, "a job that is replayed meanwhile stays") {
  const auto replayed = ended(pipeline::finish{});
  const auto other = ended(pipeline::finish{});
  now += 11min;
  retention one{settings};
  connection elsewhere{database.settings()};
  job_store others{elsewhere, pipelines};
  {
    transaction held{elsewhere};
    others.control.replay(replayed, "one", "ann", now);
    // Either the job is left out, or nothing can be written now.
    auto tried = one;
    try {
      tried.step(on, now);
    } catch (const error& busy) {
      CHECK(busy.kind() == error_kind::transient);
    }
    held.commit();
  }
  pass(one);
  CHECK(find(replayed).state == job_state::queued);
  CHECK_FALSE(find(replayed).payload.empty());
  CHECK_FALSE(find_job(on, other));
}

TEST_CASE_METHOD(retention_fixture, "old events go, wherever their ids begin") {
  settings = {.finished = 0s, .dead = 0s, .events = 10min};
  on.session() << (is_sqlite()
                       ? "insert into sqlite_sequence (name, seq) values ('events', 5000000)"
                       : "select setval('events_event_id_seq', 5000000)");
  for (int i = 0; i < 5; ++i)
    ended(pipeline::finish{});
  now += 11min;
  const auto young = ended(pipeline::finish{});
  retention one{settings};
  CHECK(pass(one).events == 15);
  CHECK(steps < 100);
  CHECK(ask("select count(*) from events") == 3);
  CHECK(history(young) == std::vector<std::string>{"stage_started", "stage_done", "finalized"});
  // The next pass goes on from there, also when nothing is left to keep.
  now += 11min;
  CHECK(pass(one).events == 3);
  CHECK(steps < 5);
  CHECK(pass(one).events == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
