#include "storage/retention.hpp"

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

  job_id ended(const pipeline::happening& how) {
    const auto id = store.enqueue(std::vector<new_job>{{.payload = R"({"a":1})"}}, now).front();
    settle(claim().front(), how);
    return id;
  }
};

TEST_CASE_METHOD(retention_fixture, "jobs that ended long ago go with their payloads") {
  ended(pipeline::finish{});
  const auto cancelled = add();
  store.cancel(cancelled, "ann", now);
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
  store.enqueue(std::vector<new_job>(many), now);
  for (const auto& job : claim(many))
    if (job.id % 2 == 0)
      settle(job, pipeline::finish{});
  now += 11min;
  CHECK(pass().jobs == many / 2);
  CHECK(steps >= 3);
}

TEST_CASE_METHOD(retention_fixture,
                 "a pass is over where all jobs are young, however many there are") {
  const auto old = ended(pipeline::finish{});
  now += 11min;
  store.enqueue(std::vector<new_job>(5000), now);
  CHECK(pass().jobs == 1);
  CHECK_FALSE(find_job(on, old));
  CHECK(steps == 2);
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
