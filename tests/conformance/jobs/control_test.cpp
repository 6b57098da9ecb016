#include "pipeline/codes.hpp"
#include "storage/runtimes/running_jobs.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

using lines = std::vector<std::string>;
using pipeline::change;
using pipeline::rejection;

TEST_CASE_METHOD(store_fixture, "rescue queues the jobs of a dead runtime and charges a crash") {
  const auto job = working();
  store.submitter.enqueue(std::vector<new_job>(1), now);
  const auto of_other = store.claims.claim({8, 1}, now).jobs.at(0);
  const auto result = store.rescuer.rescue(7, 8, std::nullopt, now);
  CHECK(result.rescued == 1);
  CHECK(result.poisoned.empty());
  const auto row = find(job.id);
  CHECK(row.state == job_state::queued);
  CHECK(row.crashes == 1);
  CHECK(row.epoch == 2);
  CHECK_FALSE(row.claimed_by);
  CHECK(history(job.id) == lines{"stage_started", "control RESCUED"});
  CHECK(find(of_other.id).state == job_state::working);
}

TEST_CASE_METHOD(store_fixture, "rescue without a name takes the jobs of all other runtimes") {
  const auto job = working();
  add();
  store.claims.claim({8, 1}, now);
  add();
  const auto kept = store.claims.claim({9, 1}, now).jobs.at(0);
  CHECK(store.rescuer.rescue(std::nullopt, 9, std::nullopt, now).rescued == 2);
  CHECK(find(job.id).state == job_state::queued);
  CHECK(find(kept.id).state == job_state::working);
}

TEST_CASE_METHOD(store_fixture, "rescue charges only the jobs that were in hand") {
  store.submitter.enqueue(std::vector<new_job>(3), now);
  const auto jobs = claim();
  store.rescuer.rescue(7, 8, std::vector<job_id>{jobs[1].id, 999}, now);
  CHECK(find(jobs[0].id).crashes == 0);
  CHECK(find(jobs[1].id).crashes == 1);
  CHECK(find(jobs[2].id).crashes == 0);
  for (const auto& one : jobs)
    CHECK(find(one.id).state == job_state::queued);
}

TEST_CASE_METHOD(store_fixture, "a job that was in hand at three crashes is poison") {
  const auto id = add();
  for (int i = 0; i < 2; ++i) {
    claim();
    CHECK(store.rescuer.rescue(7, 8, std::nullopt, now).poisoned.empty());
  }
  claim();
  const auto result = store.rescuer.rescue(7, 8, std::nullopt, now);
  CHECK(result.rescued == 1);
  CHECK(result.poisoned.size() == 1);
  const auto row = find(id);
  CHECK(row.state == job_state::deadletter);
  CHECK(row.crashes == 3);
  CHECK(row.code == pipeline::codes::POISON);
}

TEST_CASE_METHOD(store_fixture, "rescue takes jobs of pipelines that this runtime does not know") {
  on.session() << "insert into jobs (pipeline, stage, state, claimed_by, run_at, created_at,"
                  " updated_at) values ('foreign', 'far', 'working', 7, 1, 1, 1)";
  CHECK(store.rescuer.rescue(7, 8, std::nullopt, now).rescued == 1);
  const auto row = find(1);
  CHECK(row.state == job_state::queued);
  CHECK(row.pipeline == "foreign");
  CHECK(row.stage == "far");
}

TEST_CASE_METHOD(store_fixture, "rescue ends a job whose cancellation was requested") {
  const auto job = working();
  store.control.cancel(job.id, "ann", now);
  store.rescuer.rescue(7, 8, std::nullopt, now);
  CHECK(find(job.id).state == job_state::cancelled);
}

TEST_CASE_METHOD(store_fixture, "cancel ends a job that waits") {
  const auto id = add();
  const auto answer = store.control.cancel(id, "ann", now);
  REQUIRE(std::holds_alternative<change>(answer));
  CHECK(std::get<change>(answer).state == job_state::cancelled);
  CHECK(find(id).state == job_state::cancelled);
  CHECK(find(id).code == pipeline::codes::CANCELLED);
  CHECK(find(id).message == "by ann");
  CHECK(claim().empty());
}

TEST_CASE_METHOD(store_fixture, "cancel tells the runtime that works on a job, which may settle") {
  const auto job = working();
  const auto answer = store.control.cancel(job.id, "ann", now);
  REQUIRE(std::holds_alternative<change>(answer));
  CHECK(std::get<change>(answer).cancel_requested);
  CHECK(find(job.id).state == job_state::working);
  CHECK(find(job.id).cancel_requested);
  CHECK(find(job.id).epoch == job.epoch);
  CHECK(store.control.cancel_requests(7) == std::vector{job.id});
  CHECK(store.control.cancel_requests(8).empty());
  CHECK(std::holds_alternative<rejection>(store.control.cancel(job.id, "bob", now)));
  CHECK(settle(job, pipeline::retry{"A", "a", {}})->state == job_state::cancelled);
  CHECK(store.control.cancel_requests(7).empty());
}

TEST_CASE_METHOD(store_fixture, "cancel refuses a job that is done, and one that is not there") {
  const auto job = working();
  settle(job, pipeline::finish{});
  const auto events = history(job.id).size();
  CHECK(std::get<rejection>(store.control.cancel(job.id, "ann", now)).why ==
        "a job that is done cannot be cancelled");
  CHECK(std::get<rejection>(store.control.cancel(99, "ann", now)).why == "there is no job 99");
  CHECK(history(job.id).size() == events);
}

TEST_CASE_METHOD(store_fixture, "replay sends an ended job back, as if nothing had been") {
  auto job = working();
  settle(job, pipeline::advance{}, false);
  job = claim().at(0);
  settle(job, pipeline::reject{"BAD", "bad"});
  now += 10s;
  const auto answer = store.control.replay(job.id, "one", "ann", now);
  REQUIRE(std::holds_alternative<change>(answer));
  const auto row = find(job.id);
  CHECK(row.state == job_state::queued);
  CHECK(row.stage == "one");
  CHECK(row.run_at == now);
  CHECK(row.code.empty());
  CHECK(row.message.empty());
  CHECK(claim().at(0).id == job.id);
}

TEST_CASE_METHOD(store_fixture,
                 "replay refuses jobs that have not ended, stages and jobs unknown") {
  const auto id = add();
  CHECK(std::holds_alternative<rejection>(store.control.replay(id, "one", "ann", now)));
  store.control.cancel(id, "ann", now);
  CHECK(std::holds_alternative<rejection>(store.control.replay(id, "nine", "ann", now)));
  CHECK(std::get<rejection>(store.control.replay(99, "one", "ann", now)).why ==
        "there is no job 99");
  CHECK(find(id).state == job_state::cancelled);
}

TEST_CASE_METHOD(store_fixture, "retry runs a job that waits for its next attempt") {
  const auto job = working();
  settle(job, pipeline::retry{"AWAY", "the service is away", 1h});
  REQUIRE(claim().empty());
  now += 1s;
  const auto answer = store.control.retry(job.id, "ann", now);
  REQUIRE(std::holds_alternative<change>(answer));
  const auto row = find(job.id);
  CHECK(row.state == job_state::retryable);
  CHECK(row.run_at == now);
  CHECK(row.attempt == 1);
  CHECK(row.code == "AWAY");
  CHECK(history(job.id).back() == "control HASTENED");
  CHECK(list_events(on, {.job = job.id}).back().message == "by ann");
  CHECK(std::get<rejection>(store.control.retry(job.id, "bob", now)).why ==
        "its time has come already: it waits for a runtime");
  CHECK(claim().at(0).attempt == 1);
}

TEST_CASE_METHOD(store_fixture, "retry runs a job whose time lies ahead") {
  const auto later =
      store.submitter.enqueue(std::vector<new_job>{{.run_at = now + 1h}}, now).front();
  const auto snoozed = working();
  settle(snoozed, pipeline::snooze{now + 1h, "not yet"});
  REQUIRE(claim().empty());
  for (const auto id : {later, snoozed.id}) {
    store.control.retry(id, "ann", now);
    CHECK(find(id).state == job_state::queued);
    CHECK(find(id).run_at == now);
  }
  CHECK(claim().size() == 2);
}

TEST_CASE_METHOD(store_fixture, "retry sends a dead or cancelled job back to where it stands") {
  auto job = working();
  settle(job, pipeline::advance{}, false);
  job = claim().at(0);
  settle(job, pipeline::reject{"BAD", "bad"});
  const auto cancelled = add();
  store.control.cancel(cancelled, "ann", now);
  now += 10s;
  for (const auto id : {job.id, cancelled}) {
    REQUIRE(std::holds_alternative<change>(store.control.retry(id, "ann", now)));
    const auto row = find(id);
    CHECK(row.state == job_state::queued);
    CHECK(row.run_at == now);
    CHECK(row.attempt == 0);
    CHECK(row.code.empty());
    CHECK(row.message.empty());
    CHECK(history(id).back() == "control REPLAYED");
  }
  CHECK(find(job.id).stage == "two");
  CHECK(list_events(on, {.job = job.id}).back().message == "from two by ann");
}

TEST_CASE_METHOD(store_fixture, "retry refuses a job that works, that is done, that is not there") {
  const auto job = working();
  CHECK(std::get<rejection>(store.control.retry(job.id, "ann", now)).why ==
        "a job that is working cannot be retried");
  settle(job, pipeline::finish{});
  const auto events = history(job.id).size();
  CHECK(std::get<rejection>(store.control.retry(job.id, "ann", now)).why ==
        "a job that is done cannot be retried");
  CHECK(std::get<rejection>(store.control.retry(99, "ann", now)).why == "there is no job 99");
  CHECK(history(job.id).size() == events);
}

TEST_CASE_METHOD(store_fixture, "retry sends a job of a pipeline back that is not known here") {
  on.session() << "insert into jobs (pipeline, stage, state, run_at, created_at, updated_at)"
                  " values ('foreign', 'far', 'deadletter', 1, 1, 1)";
  REQUIRE(std::holds_alternative<change>(store.control.retry(1, "ann", now)));
  CHECK(find(1).state == job_state::queued);
  CHECK(find(1).stage == "far");
}

}  // namespace
}  // namespace millrace::storage::testing
