#include "tests/support/store_fixture.hpp"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Tenants: whose jobs are claimed, and that no tenant stands in another's way.
namespace millrace::storage::testing {
namespace {

struct tenants_fixture : store_fixture {
  void submit(const std::string& tenant, int count, new_job like = {}) {
    like.tenant = tenant;
    store.submitter.enqueue(std::vector<new_job>(static_cast<std::size_t>(count), like), now);
  }

  std::map<std::string, int> served(job_store& by, int limit) {
    std::map<std::string, int> count;
    for (const auto& one : by.claims.claim({7, limit}, now).jobs)
      ++count[one.tenant];
    return count;
  }
};

using count = std::map<std::string, int>;

TEST_CASE_METHOD(tenants_fixture, "a tenant with many jobs does not delay another's first") {
  submit("big", 10'000, {.priority = 9});
  CHECK(served(store, 100) == count{{"big", 100}});
  now += 1s;
  submit("small", 1);
  CHECK(served(store, 1) == count{{"small", 1}});
}

TEST_CASE_METHOD(tenants_fixture, "tenants with jobs share each claim, and all of it is used") {
  submit("", 1000);
  submit("a", 1000);
  submit("b", 30);
  auto of = served(store, 300);
  CHECK(of["b"] == 30);
  CHECK(of["a"] + of[""] == 270);
  CHECK(std::abs(of["a"] - of[""]) <= 16);
}

TEST_CASE_METHOD(tenants_fixture, "tenants are served by their weights") {
  job_store weighted{on, pipelines, {.tenants = {{"a", {.weight = 3}}}}};
  submit("a", 2000);
  submit("b", 2000);
  count all;
  for (int i = 0; i < 40; ++i)
    for (const auto& [tenant, jobs] : served(weighted, 20))
      all[tenant] += jobs;
  CHECK(all["a"] + all["b"] == 800);
  CHECK(all["a"] >= 580);
  CHECK(all["a"] <= 620);
}

TEST_CASE_METHOD(tenants_fixture, "tenants whose turns come together are served by their weights") {
  job_store weighted{on, pipelines, {.tenants = {{"a", {.weight = 3}}}}};
  for (const auto* one : {"a", "b", "c"})
    submit(one, 1500);
  count all;
  for (int i = 0; i < 10; ++i)
    for (const auto& [tenant, jobs] : served(weighted, 200))
      all[tenant] += jobs;
  CHECK(all["a"] + all["b"] + all["c"] == 2000);
  CHECK(std::abs(all["a"] - 1200) <= 200);
  CHECK(std::abs(all["b"] - all["c"]) <= 66);
}

TEST_CASE_METHOD(tenants_fixture, "what a tenant's first step leaves of its share comes later") {
  submit("a", 10, {.priority = 5});
  submit("a", 10, {.priority = 3});
  submit("b", 200);
  now += 1s;
  CHECK(served(store, 100) == count{{"a", 20}, {"b", 80}});
  CHECK(served(store, 200) == count{{"b", 120}});
}

TEST_CASE_METHOD(tenants_fixture, "jobs of several tenants that are due later are not claimed") {
  for (const auto* one : {"a", "b"}) {
    submit(one, 3, {.run_at = now - 1s});
    submit(one, 2, {.run_at = now + 1s});
  }
  CHECK(served(store, 100) == count{{"a", 3}, {"b", 3}});
  const auto later = store.claims.claim({7, 100}, now);
  CHECK(later.jobs.empty());
  CHECK(later.next_run_at == now + 1s);
}

TEST_CASE_METHOD(tenants_fixture, "within a tenant priority counts, over its stages") {
  submit("a", 1, {.stage = 1, .priority = 2});
  submit("a", 1, {.priority = 5});
  submit("a", 1, {.stage = 2, .priority = 3});
  std::vector<int> priorities;
  for (const auto& one : claim())
    priorities.push_back(one.priority);
  CHECK(priorities == std::vector<int>{5, 3, 2});
}

TEST_CASE_METHOD(tenants_fixture,
                 "of two stages at one priority, the one that is due for longer goes first") {
  submit("", 1, {.stage = 1, .run_at = now - 3s});
  submit("", 1, {.run_at = now - 2s});
  submit("", 1, {.stage = 1, .run_at = now - 1s});
  std::vector<int> stages;
  for (const auto& one : claim())
    stages.push_back(one.stage);
  CHECK(stages == std::vector<int>{1, 0, 1});
}

TEST_CASE_METHOD(tenants_fixture, "every job is found, however many tenants there are") {
  std::vector<new_job> all;
  for (int i = 0; i < 1500; ++i)
    all.push_back({.run_at = now + (i < 700 ? 1h : 0s), .tenant = "tenant" + std::to_string(i)});
  store.submitter.enqueue(all, now);
  std::size_t found = 0;
  int claims = 0;
  std::optional<time_point> next = now;
  while (next <= now) {
    REQUIRE(++claims < 100);
    const auto result = store.claims.claim({7, 100}, now);
    found += result.jobs.size();
    next = result.jobs.size() == 100 ? now : result.next_run_at;
  }
  CHECK(found == 800);
  CHECK(next == now + 1h);
}

TEST_CASE_METHOD(tenants_fixture, "a job that waits again is in the lane of its new stage") {
  submit("a", 1);
  const auto job = claim().front();
  CHECK(job.tenant == "a");
  settle(job, pipeline::advance{});
  store.control.pause("trio", "two", "ann", now);
  CHECK(claim().empty());
  store.control.resume("trio", "two", "ann", now);
  const auto again = claim();
  REQUIRE(again.size() == 1);
  CHECK(again.front().stage == 1);
  CHECK(again.front().tenant == "a");
}

TEST_CASE_METHOD(tenants_fixture,
                 "what was inserted plainly, or before there were lanes, is claimed") {
  submit("a", 2);
  on.session() << "update jobs set lane = 0";
  on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                  " values ('trio', 'two', 1, 1, 1)";
  on.session() << "delete from lanes";
  CHECK(served(store, 100) == count{{"", 1}, {"a", 2}});
  CHECK(ask("select count(*) from jobs where lane = 0") == 0);
}

TEST_CASE_METHOD(tenants_fixture, "a dead job that is sent back belongs to its tenant still") {
  submit("a", 1);
  const auto job = claim().front();
  settle(job, pipeline::reject{"BAD", "no"});
  on.session() << "update jobs set lane = 0";
  store.control.retry(job.id, "ann", now);
  CHECK(served(store, 10) == count{{"a", 1}});
}

}  // namespace
}  // namespace millrace::storage::testing
