#include "tests/support/store_fixture.hpp"

#include <optional>
#include <string>
#include <vector>

// Limits of stages and tenants, as every runtime of a database holds them.
namespace millrace::storage::testing {
namespace {

struct limits_fixture : store_fixture {
  pipeline::catalog limited_to(const pipeline::limits& limit) {
    auto all = small_catalog().pipelines();
    all.front().stages.front().limit = limit;
    return pipeline::catalog{all};
  }

  void submit(int count, const new_job& like = {}) {
    store.submitter.enqueue(std::vector<new_job>(static_cast<std::size_t>(count), like), now);
  }

  std::vector<pipeline::job> take(job_store& by, int limit = 100) {
    auto result = by.claims.claim({7, limit}, now);
    next = result.next_run_at;
    kept_back = result.kept_back;
    return std::move(result.jobs);
  }

  std::optional<time_point> next;
  bool kept_back = false;
};

TEST_CASE_METHOD(limits_fixture, "at most as many jobs of a stage are at work as its limit says") {
  const auto limited = limited_to({.concurrency = 3});
  job_store one{on, limited};
  job_store other{on, limited};
  submit(10);
  const auto some = take(one, 2);
  CHECK(some.size() == 2);
  const auto last = take(other);
  CHECK(last.size() == 1);
  CHECK(kept_back);
  CHECK(next > now);
  CHECK(take(one).empty());
  one.settler.settle(std::vector<settlement>{{some[0], pipeline::advance{}, true}}, now);
  // It went on, and one may come.
  CHECK(take(other).size() == 1);
  CHECK(take(one).empty());
}

TEST_CASE_METHOD(limits_fixture, "a stage at its limit hides no other") {
  const auto limited = limited_to({.concurrency = 1});
  job_store by{on, limited};
  submit(500, {.priority = 9});
  submit(2, {.stage = 1});
  CHECK(take(by).size() == 3);
  CHECK(kept_back);
}

TEST_CASE_METHOD(limits_fixture, "no job is carried on into a stage with a limit") {
  auto all = small_catalog().pipelines();
  all.front().stages[1].limit.concurrency = 1;
  const pipeline::catalog limited{all};
  job_store by{on, limited};
  submit(2);
  std::vector<settlement> done;
  for (const auto& job : take(by))
    done.push_back({job, pipeline::advance{}, true});
  for (const auto& change : by.settler.settle(done, now))
    CHECK(change->state == job_state::queued);
  CHECK(take(by).size() == 1);
}

TEST_CASE_METHOD(limits_fixture, "a tenant's limit holds over its stages") {
  job_store by{on, pipelines, {.tenants = {{"a", {.limit = {.concurrency = 2}}}}}};
  submit(5, {.tenant = "a"});
  submit(5, {.stage = 1, .tenant = "a"});
  submit(3, {.tenant = "b"});
  submit(3);
  const auto first = take(by);
  CHECK(first.size() == 8);
  // A job that goes on keeps its place.
  std::vector<settlement> on_they_go;
  for (const auto& job : first)
    on_they_go.push_back({job, pipeline::advance{}, true});
  by.settler.settle(on_they_go, now);
  CHECK(take(by).empty());
}

TEST_CASE_METHOD(limits_fixture, "what holds for all tenants holds for each") {
  job_store by{on, pipelines, {.other_tenants = {.limit = {.concurrency = 1}}}};
  submit(5, {.tenant = "a"});
  submit(5, {.tenant = "b"});
  submit(5);
  CHECK(take(by).size() == 7);
}

TEST_CASE_METHOD(limits_fixture, "a rate is held over all runtimes, and over time") {
  const auto limited = limited_to({.starts = {10, 1s}});
  job_store one{on, limited};
  job_store other{on, limited};
  submit(1000);
  CHECK(take(one, 6).size() == 6);
  CHECK(take(other).size() == 4);
  CHECK(take(one).empty());
  CHECK(kept_back);
  REQUIRE(next);
  CHECK(*next > now + 90ms);
  CHECK(*next < now + 110ms);
  now = *next;
  CHECK(take(other).size() == 1);
  now += 350ms;
  CHECK(take(one).size() == 3);
  now += 1h;
  CHECK(take(one).size() == 10);
}

TEST_CASE_METHOD(limits_fixture,
                 "a slower clock gains nothing, and one that was set back does no harm") {
  const auto limited = limited_to({.starts = {10, 1s}});
  job_store by{on, limited};
  submit(1000);
  CHECK(take(by).size() == 10);
  for (int i = 0; i < 10; ++i) {
    now -= 1s;
    CHECK(take(by).empty());
    now += 1s;
    CHECK(take(by).empty());
  }
  now -= 10h;
  store.submitter.enqueue(std::vector<new_job>(100, {.run_at = now}), now);
  CHECK(take(by).empty());
  now += 500ms;
  CHECK(take(by).size() == 5);
}

TEST_CASE_METHOD(limits_fixture, "without a limit nothing is locked or counted") {
  submit(10);
  take(store);
  CHECK(ask("select count(*) from limiters") == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
