#include "storage/history/event_follower.hpp"

#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

using ids = std::vector<std::int64_t>;

ids next(event_follower& from) {
  ids shown;
  for (const auto& one : from.next())
    shown.push_back(one.id);
  return shown;
}

TEST_CASE_METHOD(store_fixture, "a follower hands out every event once, as they happen") {
  event_follower from{on, {.limit = 2}};
  CHECK(next(from).empty());
  connection other{database.settings()};
  job_store others{other, pipelines};
  for (int i = 0; i < 3; ++i)
    others.control.cancel(add(), "ann", now);
  CHECK(from.has_news());
  CHECK(next(from) == ids{1, 2});
  CHECK(from.has_news());
  CHECK(next(from) == ids{3});
  CHECK(next(from).empty());
  CHECK_FALSE(from.is_held_up());
}

TEST_CASE_METHOD(store_fixture, "a follower goes on after any event that it is told") {
  for (int i = 0; i < 3; ++i)
    store.control.cancel(add(), "ann", now);
  event_follower from{on, {.after = 1}};
  CHECK(next(from) == ids{2, 3});
  event_follower beyond{on, {.after = 99}};
  CHECK(next(beyond).empty());
}

TEST_CASE_METHOD(store_fixture, "a follower of a job or of a code passes over what is another's") {
  const auto job = working();
  event_follower of_job{on, {.job = job.id}};
  event_follower of_code{on, {.code = "BUSY"}};
  CHECK(next(of_job) == ids{1});
  CHECK(next(of_code).empty());
  store.control.cancel(add(), "ann", now);
  CHECK(next(of_job).empty());
  settle(job, pipeline::retry{"BUSY", "try later", 1s});
  CHECK(next(of_job) == ids{3});
  CHECK(next(of_code) == ids{3});
  store.control.cancel(job.id, "ann", now);
  CHECK(next(of_job) == ids{4});
  CHECK(next(of_code).empty());
}

}  // namespace
}  // namespace millrace::storage::testing
