#include "ingest/store/document_store.hpp"
#include "pipeline/codes.hpp"
#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

using lines = std::vector<std::string>;
using pipeline::advance;
using pipeline::effects::write_output;

TEST_CASE_METHOD(store_fixture, "a job that is carried on stays with its runtime") {
  auto job = working();
  const auto to = settle(job, advance{}, true);
  REQUIRE(to);
  CHECK(to->stage == 1);
  CHECK(to->epoch == 2);
  const auto row = find(job.id);
  CHECK(row.stage == "two");
  CHECK(row.state == job_state::working);
  CHECK(row.claimed_by == 7);
  CHECK(row.epoch == 2);
  CHECK(claim().empty());
}

TEST_CASE_METHOD(store_fixture, "a job goes through its stages to done, each with its event") {
  const auto id = add();
  for (int i = 0; i < 3; ++i)
    REQUIRE(settle(claim().at(0), advance{}));
  const auto row = find(id);
  CHECK(row.state == job_state::done);
  CHECK(row.stage == "three");
  CHECK(row.epoch == 6);
  CHECK_FALSE(row.claimed_by);
  CHECK(history(id) == lines{"stage_started", "stage_done", "stage_started", "stage_done",
                             "stage_started", "stage_done", "finalized"});
}

TEST_CASE_METHOD(store_fixture, "what a handler has to know when it is called again is kept") {
  const auto job = working();
  REQUIRE(settle(job, pipeline::snooze{now, "wait", {write_output{R"({"n": 1})"}}}));
  auto again = claim().at(0);
  CHECK(again.output == R"({"n": 1})");
  REQUIRE(settle(again, pipeline::retry{"R", "r", 0s, {write_output{R"({"n": 2})"}}}));
  again = claim().at(0);
  CHECK(again.output == R"({"n": 2})");
  REQUIRE(settle(again, pipeline::reject{"J", "j", {write_output{R"({"n": 3})"}}}));
  CHECK(find(job.id).state == job_state::deadletter);
  CHECK(find(job.id).output == R"({"n": 3})");
}

TEST_CASE_METHOD(store_fixture, "what a handler would have to know is not kept when it is not so") {
  const write_output note{R"({"n":1})"};
  const auto job = working();
  SECTION("the fence does not hold") {
    auto old = job;
    --old.epoch;
    CHECK_FALSE(settle(old, pipeline::snooze{now, "wait", {note}}));
  }
  SECTION("it was the last attempt") {
    REQUIRE(settle(job, pipeline::retry{"R", "r", 0s, {}}));
    REQUIRE(settle(claim().at(0), pipeline::retry{"R", "r", 0s, {note}}));
    CHECK(find(job.id).state == job_state::deadletter);
  }
  SECTION("it is cancelled") {
    store.control.cancel(job.id, "ann", now);
    REQUIRE(settle(job, pipeline::snooze{now, "wait", {note}}));
    CHECK(find(job.id).state == job_state::cancelled);
  }
  CHECK(find(job.id).output.empty());
}

TEST_CASE_METHOD(store_fixture, "events carry stage, epoch, attempt, time and correlation id") {
  store.submitter.enqueue(std::vector<new_job>{{.correlation_id = "follow me"}}, now);
  const auto job = claim().at(0);
  now += 5s;
  settle(job, pipeline::retry{"HICCUP", "it did not work", 10s});
  const auto events = list_events(on, {.job = job.id});
  REQUIRE(events.size() == 2);
  CHECK(events[0].type == "stage_started");
  CHECK(events[0].epoch == 1);
  CHECK(events[0].at == start);
  CHECK(events[1].id > events[0].id);
  CHECK(events[1].pipeline == "trio");
  CHECK(events[1].stage == "one");
  CHECK(events[1].type == "retry");
  CHECK(events[1].severity == "warning");
  CHECK(events[1].code == "HICCUP");
  CHECK(events[1].message == "it did not work");
  CHECK(events[1].epoch == 2);
  CHECK(events[1].attempt == 1);
  CHECK(events[1].at == now);
  CHECK(events[1].correlation_id == "follow me");
}

TEST_CASE_METHOD(store_fixture, "a settle with an old epoch changes nothing") {
  const auto job = working();
  store.rescuer.rescue(7, 8, std::nullopt, now);
  const auto before = find(job.id);
  const auto events = history(job.id);
  CHECK_FALSE(settle(job, advance{{write_output{"1"}}, ""}));
  CHECK_FALSE(settle(job, pipeline::reject{"BAD", "bad"}));
  CHECK_FALSE(settle(job, pipeline::retry{"BAD", "bad", {}}));
  const auto after = find(job.id);
  CHECK(after.state == before.state);
  CHECK(after.epoch == before.epoch);
  CHECK(after.stage == before.stage);
  CHECK(after.output.empty());
  CHECK(after.code.empty());
  CHECK(history(job.id) == events);
}

TEST_CASE_METHOD(store_fixture, "one that lost its job does not hold up the others") {
  store.submitter.enqueue(std::vector<new_job>(100), now);
  const auto jobs = claim();
  // Another runtime has taken these two meanwhile, and a user deleted a third.
  on.session() << "update jobs set epoch = epoch + 1 where job_id in (20, 77)";
  on.session() << "delete from jobs where job_id = 50";
  std::vector<settlement> all;
  for (const auto& job : jobs)
    all.push_back({job, advance{{write_output{"1"}}, ""}, true});
  const auto answers = settle(all);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto id = jobs[i].id;
    const bool lost = id == 20 || id == 77 || id == 50;
    INFO(id);
    CHECK(answers[i].has_value() == !lost);
    CHECK(history(id).size() == (lost ? 1 : 2));
    if (id != 50)
      CHECK(find(id).output == (lost ? "" : "1"));
  }
}

TEST_CASE_METHOD(store_fixture, "a batch of every kind of outcome answers each in order") {
  store.submitter.enqueue(std::vector<new_job>(8), now);
  const auto jobs = claim();
  const auto answers = settle({{jobs[7], advance{}, true},
                               {jobs[0], advance{}, false},
                               {jobs[1], pipeline::retry{"A", "a", 5s}, false},
                               {jobs[2], pipeline::retry{"A", "a", 9s}, false},
                               {jobs[3], pipeline::reject{"B", "b"}, false},
                               {jobs[4], pipeline::snooze{now + 1h, "tired"}, false},
                               {jobs[5], pipeline::finish{"C", "c", {write_output{"{}"}}}, false},
                               {jobs[6], pipeline::proceed{{write_output{"[]"}}}, true}});
  for (const auto& one : answers)
    REQUIRE(one);
  CHECK(find(jobs[7].id).state == job_state::working);
  CHECK(find(jobs[0].id).state == job_state::queued);
  CHECK(find(jobs[1].id).run_at == now + 5s);
  CHECK(find(jobs[2].id).run_at == now + 9s);
  CHECK(find(jobs[2].id).state == job_state::retryable);
  CHECK(find(jobs[2].id).attempt == 1);
  CHECK(find(jobs[3].id).state == job_state::deadletter);
  CHECK(find(jobs[3].id).code == "B");
  CHECK(find(jobs[3].id).message == "b");
  CHECK(find(jobs[4].id).run_at == now + 1h);
  CHECK(find(jobs[4].id).code.empty());
  CHECK(find(jobs[5].id).state == job_state::done);
  CHECK(find(jobs[5].id).code == "C");
  CHECK(find(jobs[5].id).output == "{}");
  CHECK(find(jobs[6].id).stage == "one");
  CHECK(find(jobs[6].id).output == "[]");
}

TEST_CASE_METHOD(store_fixture, "of two settlements of one job in a batch one loses") {
  const auto job = working();
  auto answers = settle({{job, advance{}, true}, {job, advance{}, true}});
  CHECK(answers[0].has_value());
  CHECK_FALSE(answers[1].has_value());
  CHECK(history(job.id) == lines{"stage_started", "stage_done"});

  const auto other = working();
  answers = settle({{other, advance{}, true}, {other, pipeline::reject{"BAD", "bad"}, false}});
  CHECK(answers[0].has_value() != answers[1].has_value());
}

TEST_CASE_METHOD(store_fixture, "what the table refuses is a wrong answer of the handler") {
  const auto job = working();
  const auto to = settle(job, advance{{write_output{"1"}}, "nowhere"});
  REQUIRE(to);
  CHECK(to->state == job_state::deadletter);
  const auto row = find(job.id);
  CHECK(row.code == pipeline::codes::HANDLER_ERROR);
  CHECK(row.message == "pipeline trio has no stage 'nowhere'");
  CHECK(row.output.empty());

  auto queued = job;
  queued.state = job_state::queued;
  CHECK_FALSE(settle(queued, advance{}));
}

TEST_CASE_METHOD(store_fixture, "a settle of a job that was cancelled meanwhile ends it") {
  store.submitter.enqueue(std::vector<new_job>(3), now);
  const auto jobs = claim();
  store.control.cancel(jobs[1].id, "ann", now);
  const auto answers = settle({{jobs[0], advance{{write_output{"1"}}, ""}, true},
                               {jobs[1], advance{{write_output{"1"}}, ""}, true},
                               {jobs[2], advance{{write_output{"1"}}, ""}, true}});
  CHECK(answers[0]->state == job_state::working);
  REQUIRE(answers[1]);
  CHECK(answers[1]->state == job_state::cancelled);
  CHECK(answers[2]->state == job_state::working);
  const auto row = find(jobs[1].id);
  CHECK(row.state == job_state::cancelled);
  CHECK_FALSE(row.cancel_requested);
  CHECK_FALSE(row.claimed_by);
  CHECK(row.output.empty());
  CHECK(history(jobs[1].id) ==
        lines{"stage_started", "control CANCEL_REQUESTED", "finalized CANCELLED"});
  CHECK(find(jobs[2].id).output == "1");
}

TEST_CASE_METHOD(store_fixture, "a job that finishes in spite of a request to cancel is done") {
  store.submitter.enqueue(std::vector<new_job>{{.pipeline = 1}}, now);
  const auto job = claim().at(0);
  store.control.cancel(job.id, "ann", now);
  const auto to = settle(job, advance{{write_output{"1"}}, ""});
  REQUIRE(to);
  CHECK(to->state == job_state::done);
  CHECK(find(job.id).output == "1");
}

TEST_CASE_METHOD(store_fixture, "a released job is queued again, with nothing charged") {
  const auto job = working();
  REQUIRE(settle(job, pipeline::release{}));
  const auto row = find(job.id);
  CHECK(row.state == job_state::queued);
  CHECK(row.attempt == 0);
  CHECK(row.crashes == 0);
  CHECK(history(job.id).back() == "control RELEASED");
}

TEST_CASE_METHOD(store_fixture, "calls in an open transaction are written together or not at all") {
  const auto job = working();
  {
    transaction tx{on};
    REQUIRE(settle(job, advance{{write_output{"1"}}, ""}, true));
    add();
  }
  CHECK(find(job.id).epoch == 1);
  CHECK(find(job.id).output.empty());
  CHECK(history(job.id).size() == 1);
  CHECK(ask("select count(*) from jobs") == 1);
  {
    transaction tx{on};
    settle(job, advance{}, true);
    add();
    tx.commit();
  }
  CHECK(find(job.id).epoch == 2);
  CHECK(ask("select count(*) from jobs") == 2);
}

TEST_CASE_METHOD(store_fixture, "a transaction of which a part failed cannot be committed") {
  transaction tx{on};
  add();
  { transaction part{on}; }
  CHECK(kind_thrown([&] { tx.commit(); }) == error_kind::transient);
}

}  // namespace
}  // namespace millrace::storage::testing
