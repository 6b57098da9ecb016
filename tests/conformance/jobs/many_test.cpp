#include "storage/jobs/ended_jobs.hpp"
#include "storage/retention/delete_jobs.hpp"
#include "tests/support/store_fixture.hpp"

#include <span>

namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(store_fixture,
                 "unfinished jobs are cancelled, and those at work are told to end") {
  const auto first = working().id;
  const auto second = add();
  const auto found = list_unfinished(on, {.pipeline = "trio"});
  REQUIRE(found.jobs.size() == 2);
  CHECK(found.at_work == 1);
  // One that has changed since it was found is left alone.
  auto stale = found.jobs;
  stale[1].epoch += 1;
  CHECK(store.bulk.cancel(stale, "a test", now).changed == 1);
  CHECK(find(second).state == job_state::queued);
  CHECK(store.bulk.cancel(std::span{found.jobs}.subspan(1), "a test", now).replayed == 1);
  CHECK(find(second).state == job_state::cancelled);
  CHECK(find(first).cancel_requested);
  CHECK(list_unfinished(on, {.state = job_state::queued}).jobs.empty());
}

TEST_CASE_METHOD(store_fixture, "jobs that have ended are deleted with what belongs to them") {
  new_job one{.payload = R"({"a": 1})", .unique = unique_key{.key = "k"}};
  const auto made = std::get<std::vector<submitted_job>>(store.submitter.submit({&one, 1}, now));
  const auto kept = add();
  store.control.cancel(made[0].id, "a test", now);
  auto found = list_ended(on, {.state = job_state::cancelled});
  REQUIRE(found.jobs.size() == 1);
  // It came back to life meanwhile.
  store.control.retry(made[0].id, "a test", now);
  CHECK(delete_ended(on, found.jobs).replayed == 0);
  CHECK(find(made[0].id).state == job_state::queued);
  store.control.cancel(made[0].id, "a test", now);
  found = list_ended(on, {.state = job_state::cancelled});
  CHECK(delete_ended(on, found.jobs).replayed == 1);
  CHECK_FALSE(find_job(on, made[0].id));
  CHECK(find(kept).state == job_state::queued);
  CHECK(ask("select count(*) from unique_keys") == 0);
  CHECK(ask("select count(*) from job_details where job_id = " + std::to_string(made[0].id)) == 0);
  CHECK(delete_ended(on, {}).replayed == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
