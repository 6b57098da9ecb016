#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/slow_time.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>
#include <vector>

// A claim goes on where the one before it has come to. Whatever appears behind that place is found:
// at once where this store made it due, or where a claim comes short, and within a second
// otherwise.
namespace millrace::storage::testing {
namespace {

using tests::passed;
using tests::per_look;
using tests::slow_time;

struct claim_cursor_fixture : store_fixture {
  /// It claims; the other store stands for other runtimes and commands.
  job_store by{on, pipelines, {.sweeps = {.apart = 1s}}};
  job_store& other = store;
  static constexpr int batch = 5;

  std::vector<job_id> take(int limit = batch) {
    std::vector<job_id> ids;
    last = by.claims.claim({7, limit}, now);
    for (const auto& one : last.jobs)
      ids.push_back(one.id);
    return ids;
  }
  job_id add_by(job_store& which, const new_job& like = {}) {
    return which.submitter.enqueue({&like, 1}, now).front();
  }
  /// Many wait, and the claims are in the middle of them.
  void get_under_way() {
    std::vector<new_job> many(50, {.run_at = now - 1min});
    other.submitter.enqueue(many, now);
    REQUIRE(take().size() == batch);
    REQUIRE(take().size() == batch);
  }
  void found_within_a_second(job_id id) {
    INFO("job " << id);
    for (int n = 0; n < 2; ++n) {
      CHECK(take().front() != id);
      now += 400ms;
    }
    now += 400ms;
    CHECK(take().front() == id);
  }
  void found_at_once(job_id id) {
    INFO("job " << id);
    CHECK(take().front() == id);
  }

  claim_result last;
};

TEST_CASE_METHOD(claim_cursor_fixture, "a claim goes on where the last one ended") {
  get_under_way();
  for (int n = 2; n < 10; ++n)
    CHECK(take().size() == batch);
  CHECK(take().empty());
  CHECK_FALSE(last.next_run_at);
}

TEST_CASE_METHOD(claim_cursor_fixture, "a job that others submit for the past is found") {
  get_under_way();
  found_within_a_second(add_by(other, {.run_at = now - 1h}));
}

TEST_CASE_METHOD(claim_cursor_fixture, "a row that was inserted with SQL is found") {
  get_under_way();
  on.session() << "insert into jobs (job_id, pipeline, stage, run_at, created_at, updated_at) "
                  "values (4711, 'trio', 'one', 5, 5, 5)";
  found_within_a_second(4711);
  // From now on its like is looked for by each claim.
  on.session() << "insert into jobs (job_id, pipeline, stage, run_at, created_at, updated_at) "
                  "values (4712, 'trio', 'one', 6, 6, 6)";
  found_at_once(4712);
}

TEST_CASE_METHOD(claim_cursor_fixture, "a job that another runtime releases is found") {
  get_under_way();
  const auto job = last.jobs.front();
  other.settler.settle(std::vector<settlement>{{job, pipeline::release{}}}, now);
  found_within_a_second(job.id);
}

TEST_CASE_METHOD(claim_cursor_fixture, "a job that another runtime rescues is found") {
  get_under_way();
  const auto lost = last.jobs.front().id;
  CHECK(other.rescuer.rescue(7, 0, std::vector<job_id>{}, now).rescued > 0);
  found_within_a_second(lost - batch);
}

TEST_CASE_METHOD(claim_cursor_fixture, "a job that is replayed or retried elsewhere is found") {
  get_under_way();
  const auto first = last.jobs.at(0);
  const auto second = last.jobs.at(1);
  settle(first, pipeline::reject{"BAD", "bad"});
  settle(second, pipeline::reject{"BAD", "bad"});
  now += 2s;
  REQUIRE(take().size() == batch);
  now -= 65s;
  other.control.replay(first.id, "one", "test", now);
  other.control.retry(second.id, "test", now);
  now += 65s;
  found_within_a_second(first.id);
}

TEST_CASE_METHOD(claim_cursor_fixture, "what this store itself makes due is found at once") {
  get_under_way();
  SECTION("released") {
    const auto job = last.jobs.front();
    by.settler.settle(std::vector<settlement>{{job, pipeline::release{}}}, now);
    found_at_once(job.id);
  }
  SECTION("retried") {
    const auto job = last.jobs.front();
    now -= 1h;
    by.settler.settle(std::vector<settlement>{{job, pipeline::retry{"A", "a", 0s}}}, now);
    now += 1h;
    found_at_once(job.id);
  }
  SECTION("rescued") {
    const auto first = last.jobs.front().id - batch;
    by.rescuer.rescue(7, 0, std::vector<job_id>{}, now);
    found_at_once(first);
  }
  SECTION("given back, for its runtime does not hold it") {
    const auto lost = last.jobs.front().id;
    std::vector<job_id> held;
    for (job_id id = lost + 1; id < lost + batch; ++id)
      held.push_back(id);
    REQUIRE_FALSE(by.rescuer.release_lost(7, held, now).empty());
    found_at_once(lost - batch);
  }
  SECTION("submitted for the past") { found_at_once(add_by(by, {.run_at = now - 1h})); }
  SECTION("at another stage") {
    const auto job = last.jobs.front();
    by.settler.settle(std::vector<settlement>{{job, pipeline::advance{}}}, now);
    // All that wait are as many as the limit: it does not come short.
    const auto taken = take(41);
    CHECK(std::find(taken.begin(), taken.end(), job.id) != taken.end());
  }
  SECTION("of a tenant that had none") {
    const auto id = add_by(by, {.tenant = "new"});
    const auto taken = take();
    CHECK(std::find(taken.begin(), taken.end(), id) != taken.end());
  }
}

TEST_CASE_METHOD(claim_cursor_fixture, "lanes and priorities that are new are found") {
  get_under_way();
  job_id id = 0;
  SECTION("a higher priority") { id = add_by(other, {.priority = 9}); }
  SECTION("another stage, whose jobs wait for longer") {
    id = add_by(other, {.stage = 1, .priority = 1, .run_at = now - 1h});
  }
  found_within_a_second(id);
}

TEST_CASE_METHOD(claim_cursor_fixture,
                 "a stage that is resumed is served, and one that is paused "
                 "is not") {
  other.control.pause("trio", "two", "test", now);
  const auto kept = add_by(other, {.stage = 1, .priority = 9, .run_at = now - 1h});
  get_under_way();
  other.control.resume("trio", "two", "test", now);
  found_at_once(kept);
  other.control.pause("trio", "one", "test", now);
  CHECK(take().empty());
}

TEST_CASE_METHOD(claim_cursor_fixture, "a claim that comes short looks everywhere") {
  get_under_way();
  const auto behind = add_by(other, {.run_at = now - 1h});
  const auto lower = add_by(other, {.priority = -1});
  const auto elsewhere = add_by(other, {.stage = 1});
  const auto all = take(100);
  CHECK(all.size() == 43);
  for (const auto id : {behind, lower, elsewhere})
    CHECK(std::find(all.begin(), all.end(), id) != all.end());
}

TEST_CASE_METHOD(claim_cursor_fixture, "a claim that is rolled back is made again") {
  get_under_way();
  std::vector<job_id> first;
  {
    transaction given_up{on};
    first = take();
  }
  CHECK(take() == first);
}

TEST_CASE_METHOD(claim_cursor_fixture, "a clock that is set back hides nothing") {
  get_under_way();
  const auto id = add_by(other, {.run_at = now - 2h});
  now -= 1h;
  found_at_once(id);
}

TEST_CASE_METHOD(claim_cursor_fixture,
                 "where a sweep takes long a claim that comes short says when the next one is") {
  passed = {};
  per_look = 50ms;
  job_store slow{on, pipelines, {.sweeps = {.monotonic = slow_time}}};
  std::vector<new_job> many(2 * batch);
  other.submitter.enqueue(many, now);
  add_by(other, {.stage = 2, .run_at = now + 1h});
  CHECK(slow.claims.claim({7, batch}, now).jobs.size() == batch);
  per_look = {};
  const auto behind = add_by(other, {.run_at = now - 1h});
  auto result = slow.claims.claim({7, 2 * batch}, now);
  CHECK(result.jobs.size() == batch);
  // New levels are looked for each second, where that takes less than a sweep.
  CHECK(result.next_run_at == now + (is_sqlite() ? 2450ms : 1000ms));
  // What is due ahead is found all the same, also where another one waits for its time.
  add_by(other);
  add_by(other, {.stage = 2});
  CHECK(slow.claims.claim({7, batch}, now).jobs.size() == 2);
  // A runtime with nothing to do sweeps sooner.
  passed += 950ms;
  result = slow.claims.claim({7, batch}, now);
  REQUIRE(result.jobs.size() == 1);
  CHECK(result.jobs.front().id == behind);
  CHECK(result.next_run_at == now + 1h);
}

}  // namespace
}  // namespace millrace::storage::testing
