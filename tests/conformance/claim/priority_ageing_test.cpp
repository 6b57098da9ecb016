#include "storage/history/explain.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>
#include <set>

namespace millrace::storage::testing {
namespace {

struct ageing_fixture : store_fixture {
  job_store ages{on, pipelines, {.priority_ageing = 1min}};

  job_id due(int priority, duration ago, std::uint16_t stage = 0) {
    return store.submitter
        .enqueue(std::vector<new_job>{{.stage = stage, .priority = priority, .run_at = now - ago}},
                 now)
        .front();
  }

  std::vector<job_id> take(int limit) {
    std::vector<job_id> ids;
    for (const auto& one : ages.claims.claim({7, limit}, now).jobs)
      ids.push_back(one.id);
    return ids;
  }
};

using ids = std::vector<job_id>;

TEST_CASE_METHOD(ageing_fixture, "a job gains a level of priority with each minute that it waits") {
  const auto old = due(0, 3min + 1s);
  const auto young = due(0, 30s);
  const auto high = due(3, 0s);
  const auto higher = due(5, 0s);
  CHECK(take(10) == ids{higher, old, high, young});
}

TEST_CASE_METHOD(ageing_fixture, "a low job is not starved by a stream of high ones") {
  const auto low = due(0, 0s);
  int rounds = 0;
  for (bool taken = false; !taken; ++rounds) {
    REQUIRE(rounds < 20);
    now += 30s;
    for (int i = 0; i < 5; ++i)
      due(5, 0s);
    const auto some = take(5);
    taken = std::find(some.begin(), some.end(), low) != some.end();
  }
  CHECK(rounds == 11);
}

TEST_CASE_METHOD(ageing_fixture, "jobs that no runtime may claim lend their level no age") {
  due(0, 1h, 1);
  store.control.pause("trio", "two", "ann", now);
  on.session() << "insert into jobs (pipeline, stage, priority, run_at, created_at, updated_at)"
                  " values ('foreign', 'far', 0, 1, 1, 1)";
  const auto low = due(0, 0s);
  const auto high = due(1, 0s);
  CHECK(take(10) == ids{high, low});
}

TEST_CASE_METHOD(ageing_fixture, "a claim says when the next job of any priority is due") {
  due(2, -30s);
  due(1, 0s);
  due(1, -20s);
  const auto result = ages.claims.claim({7, 10}, now);
  CHECK(result.jobs.size() == 1);
  CHECK(result.next_run_at == now + 20s);
}

TEST_CASE_METHOD(ageing_fixture,
                 "with more priorities than compete at once, old jobs have a turn") {
  std::vector<new_job> many;
  for (int priority = 1; priority <= 300; ++priority)
    for (int i = 0; i < 100; ++i)
      many.push_back({.priority = priority, .run_at = now});
  store.submitter.enqueue(many, now);
  const auto low = due(-7, 10h);
  std::set<job_id> taken;
  int claims = 0;
  for (; !taken.contains(low); ++claims) {
    REQUIRE(claims < 30);
    const auto some = take(10);
    taken.insert(some.begin(), some.end());
  }
  // One look at 16 of the others in turn each time.
  CHECK(claims <= 300 / 16 + 1);
}

TEST_CASE_METHOD(ageing_fixture, "a claim finds every job, however many priorities there are") {
  std::vector<new_job> many;
  for (int priority = 0; priority < 900; ++priority)
    many.push_back({.priority = priority, .run_at = now});
  store.submitter.enqueue(many, now);
  CHECK(take(2000).size() == 900);
  CHECK_FALSE(ages.claims.claim({7, 10}, now).next_run_at);
}

TEST_CASE_METHOD(ageing_fixture, "explain counts the jobs that go first as a claim does") {
  const auto runtime = register_runtime(on, "mill", 42, "1.0", now + 15s, now);
  announce(on, pipelines, runtime, now);
  due(0, 2min + 1s);
  due(0, 10s);
  due(2, 10s);
  due(3, 0s);
  const auto job = due(2, 0s);
  const auto said = explain(on, pipelines, job, now, {.priority_ageing = 1min});
  CHECK_THAT(said.text, Catch::Contains("behind 1 of higher priority and 2 due for longer"));
  const auto plain = explain(on, pipelines, job, now);
  CHECK_THAT(plain.text, Catch::Contains("behind 1 of higher priority and 1 due for longer"));
}

}  // namespace
}  // namespace millrace::storage::testing
