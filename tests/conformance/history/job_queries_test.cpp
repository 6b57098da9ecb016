#include "storage/history/job_queries.hpp"

#include "tests/support/store_fixture.hpp"

#include <algorithm>

namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(store_fixture, "a job that is not there is not found") {
  CHECK_FALSE(find_job(on, 12));
}

TEST_CASE_METHOD(store_fixture, "jobs are listed newest first, filtered and limited") {
  const auto ids = store.submitter.enqueue(
      std::vector<new_job>{{}, {.stage = 1}, {.pipeline = 1}, {.stage = 1}}, now);
  const auto listed = [&](const job_filter& filter) {
    std::vector<job_id> found;
    for (const auto& one : list_jobs(on, filter))
      found.push_back(one.id);
    return found;
  };
  store.control.cancel(ids[1], "ann", now);
  CHECK(listed({}) == std::vector{ids[3], ids[2], ids[1], ids[0]});
  CHECK(listed({.limit = 1}) == std::vector{ids[3]});
  CHECK(listed({.pipeline = "solo"}) == std::vector{ids[2]});
  CHECK(listed({.stage = "two"}) == std::vector{ids[3], ids[1]});
  CHECK(listed({.state = job_state::cancelled}) == std::vector{ids[1]});
  CHECK(listed({.state = job_state::queued, .stage = "two"}) == std::vector{ids[3]});
  CHECK(listed({.pipeline = "none"}).empty());
}

TEST_CASE_METHOD(store_fixture, "jobs are found by what they were made with and when") {
  const auto later = now + 1h;
  const auto ids = store.submitter.enqueue(
      std::vector<new_job>{{.correlation_id = "c-1"}, {.tenant = "acme"}, {}}, now);
  new_job keyed{.unique = unique_key{.key = "k"}};
  const auto made =
      std::get<std::vector<submitted_job>>(store.submitter.submit({&keyed, 1}, later));
  const auto dead = claim(1);
  settle({{dead[0], pipeline::reject{"BAD", "a"}}});
  const auto listed = [&](const job_filter& filter) {
    std::vector<job_id> found;
    for (const auto& job : list_jobs(on, filter))
      found.push_back(job.id);
    return found;
  };
  CHECK(listed({.correlation_id = "c-1"}) == std::vector{ids[0]});
  CHECK(listed({.unique_key = "k"}) == std::vector{made[0].id});
  CHECK(listed({.code = "BAD"}) == std::vector{dead[0].id});
  CHECK(listed({.created_since = later}) == std::vector{made[0].id});
  CHECK(listed({.created_before = later}) == std::vector{ids[2], ids[1], ids[0]});
  CHECK(listed({.before = ids[1]}) == std::vector{ids[0]});
}

TEST_CASE_METHOD(store_fixture, "a page of jobs ends with its time, and the next one goes on") {
  store.submitter.enqueue(std::vector<new_job>(2500), now);
  // Ids that other hands have chosen.
  on.session()
      << "insert into jobs (job_id, pipeline, stage, run_at, created_at, updated_at) values"
         " (9007199254740991, 'trio', 'one', 1, 1, 1)";
  std::vector<job_id> found;
  int pages = 0;
  job_filter filter{.limit = 1000};
  for (std::optional<job_id> next = filter.before; next; ++pages) {
    filter.before = *next;
    // No time at all: a window a page.
    auto page = read_job_page(on, filter, duration{0});
    for (const auto& job : page.jobs)
      found.push_back(job.id);
    next = page.next_before;
  }
  CHECK(pages >= 4);
  REQUIRE(found.size() == 2501);
  CHECK(std::is_sorted(found.rbegin(), found.rend()));
  CHECK(read_job_page(on, {.code = "NONE"}, duration::max()).jobs.empty());
}

TEST_CASE_METHOD(store_fixture, "behind the last job there is no next page, whatever matches") {
  store.submitter.enqueue(std::vector<new_job>(10), now);
  const auto page = read_job_page(on, {.code = "NONE"}, duration{0});
  CHECK(page.jobs.empty());
  CHECK_FALSE(page.next_before);
  // Those of other hands may have any id.
  on.session()
      << "insert into jobs (job_id, pipeline, stage, run_at, created_at, updated_at) values"
         " (-5000, 'trio', 'one', 1, 1, 1)";
  const auto first = read_job_page(on, {.code = "NONE"}, duration{0});
  REQUIRE(first.next_before);
  CHECK(*first.next_before == -4999);
  CHECK_FALSE(
      read_job_page(on, {.code = "NONE", .before = *first.next_before}, duration{0}).next_before);
}

TEST_CASE_METHOD(store_fixture, "events are listed oldest first, after an id, and for one job") {
  CHECK(last_event_id(on) == 0);
  const auto first = add();
  add();
  claim();
  store.rescuer.rescue(7, 8, std::nullopt, now);
  const auto all = list_events(on, {});
  REQUIRE(all.size() == 4);
  CHECK(all.back().id == last_event_id(on));
  CHECK(list_events(on, {.after = all[2].id}).size() == 1);
  CHECK(list_events(on, {.limit = 3}).size() == 3);
  const auto of_first = list_events(on, {.job = first});
  REQUIRE(of_first.size() == 2);
  CHECK(of_first[0].job == first);
  CHECK(list_events(on, {.job = first, .after = of_first[0].id}).size() == 1);
}

TEST_CASE_METHOD(store_fixture, "jobs that are not done, dead or cancelled are unfinished") {
  const auto ids = store.submitter.enqueue(std::vector<new_job>(4), now);
  const auto jobs = claim(3);
  settle({{jobs[0], pipeline::finish{}}, {jobs[1], pipeline::reject{"A", "a"}}});
  CHECK(count_unfinished(on, ids) == 2);
  CHECK(count_unfinished(on, {ids[0], ids[1]}) == 0);
  CHECK(count_unfinished(on, {}) == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
