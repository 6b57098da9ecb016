#include "storage/history/job_queries.hpp"

#include "tests/support/store_fixture.hpp"

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
