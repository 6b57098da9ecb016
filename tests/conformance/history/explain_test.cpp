#include "storage/history/explain.hpp"

#include "pipeline/codes.hpp"
#include "storage/claim/queue_place.hpp"
#include "storage/history/claimed_jobs.hpp"
#include "storage/runtimes/running_jobs.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

// One test for each reason of storage/history/reasons.def.
namespace millrace::storage::testing {
namespace {

/// A store with a runtime that is alive and serves everything, unless a test says otherwise.
struct explain_fixture : store_fixture {
  runtime_id runtime = 0;

  void run() {
    runtime = register_runtime(on, "mill", 42, "1.0", now + 15s, now);
    announce(on, pipelines, runtime, now);
  }

  explanation why(job_id job) { return explain(on, pipelines, job, now, {}, hands); }

  /// A handler of the runtime has these jobs, as a shared database knows.
  void record(const std::vector<pipeline::job>& jobs) {
    if (!on.is_shared())
      return;
    running_jobs_table recorder{database.settings()};
    recorder.become(runtime);
    std::vector<running_job> all;
    for (const auto& one : jobs)
      all.push_back({one.id, one.epoch});
    recorder.record(0, all);
  }
  std::optional<jobs_in_hand> hands{};

  /// A job that the runtime works on.
  pipeline::job at_work() {
    add();
    return store.claims.claim({runtime, 1}, now).jobs.at(0);
  }
};

using Catch::Contains;
using Catch::EndsWith;

TEST_CASE_METHOD(explain_fixture, "explain: its stage is paused") {
  run();
  const auto job = add();
  store.control.pause("trio", "one", "ann", now);
  const auto said = why(job);
  CHECK(said.job == job);
  CHECK(said.reason == reasons::STAGE_PAUSED);
  CHECK(said.text == "stage one of trio is paused since 2023-11-14T22:13:20.000Z by ann");
  CHECK(said.next == "`millrace resume one --pipeline trio` lets it go on");
}

TEST_CASE_METHOD(explain_fixture, "explain: an attempt failed, and the next has its time") {
  run();
  const auto job = at_work();
  settle(job, pipeline::retry{"TIMEOUT", "too slow", 41s});
  const auto said = why(job.id);
  CHECK(said.reason == reasons::RETRY_LATER);
  CHECK(said.text ==
        "attempt 2 of 2 at stage one of trio begins in 41s, at "
        "2023-11-14T22:14:01.000Z, after TIMEOUT: too slow");
  CHECK_THAT(said.next,
             Contains("`millrace retry 1` does not wait") && Contains("raise the stage's timeout"));
}

TEST_CASE_METHOD(explain_fixture, "explain: its handler asked to be called again") {
  run();
  const auto job = at_work();
  settle(job, pipeline::snooze{now + 90s, "the first one is at work"});
  const auto said = why(job.id);
  CHECK(said.reason == reasons::SNOOZED);
  CHECK_THAT(said.text, Contains("in 90s, at 2023") && Contains(": the first one is at work"));
  CHECK(said.next == "nothing: it goes on by itself; `millrace retry 1` does not wait");
}

TEST_CASE_METHOD(explain_fixture, "explain: its time lies ahead") {
  run();
  const auto job = store.submitter.enqueue(std::vector<new_job>{{.run_at = now + 5s}}, now).front();
  CHECK(why(job).reason == reasons::SCHEDULED);
  CHECK_THAT(why(job).text, Contains("it is due in 5s"));
  store.control.pause("trio", "one", "ann", now);
  CHECK(why(job).reason == reasons::STAGE_PAUSED);
  CHECK_THAT(why(job).text, Contains("and its time comes in 5s"));
}

TEST_CASE_METHOD(explain_fixture, "explain: no runtime was ever here") {
  const auto said = why(add());
  CHECK(said.reason == reasons::NO_RUNTIME);
  CHECK_THAT(said.next, Contains("millrace run"));
}

TEST_CASE_METHOD(explain_fixture, "explain: the lease of every runtime has run out") {
  run();
  const auto job = add();
  now += 15s;
  CHECK(why(job).reason == reasons::RUNTIMES_GONE);
  CHECK_THAT(why(job).text, Contains("runtime 1 (mill, pid 42), was until 2023-11-14T22:13:35"));
}

TEST_CASE_METHOD(explain_fixture, "explain: no runtime has announced the pipeline") {
  run();
  on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                  " values ('foreign', 'far', 1, 1, 1)";
  const auto said = why(1);
  CHECK(said.reason == reasons::PIPELINE_UNKNOWN);
  CHECK_THAT(said.text, Contains("the pipeline foreign"));
}

TEST_CASE_METHOD(explain_fixture,
                 "explain: the runtime that served its stage is gone, and no other serves it") {
  run();
  const auto job = add();
  now += 15s;
  const pipeline::catalog small{{small_catalog().pipelines().back()}};
  const auto other = register_runtime(on, "other", 43, "1.0", now + 15s, now);
  announce(on, small, other, now);
  const auto said = why(job);
  CHECK(said.reason == reasons::STAGE_NOT_SERVED);
  CHECK(said.text == "one runtime is alive, and none serves stage one of trio");
}

TEST_CASE_METHOD(explain_fixture, "explain: others come first") {
  run();
  store.submitter.enqueue(std::vector<new_job>(3), now);
  now += 1s;
  const auto job = add();
  add();
  CHECK(why(job).reason == reasons::BEHIND_OTHERS);
  CHECK_THAT(why(job).text, Contains("behind 0 of higher priority and 3 due for longer"));
  store.submitter.enqueue(std::vector<new_job>(1200, {.priority = 5}), now);
  add(6);
  store.submitter.enqueue(std::vector<new_job>{{.priority = 7, .run_at = now + 1s}}, now);
  CHECK_THAT(why(job).text, Contains("behind 1,201 of higher priority and 3 due for longer"));
}

TEST_CASE_METHOD(explain_fixture, "explain: jobs that cannot start are in no job's way") {
  run();
  store.submitter.enqueue(std::vector<new_job>{{.stage = 1}, {.pipeline = 1, .priority = 3}}, now);
  on.session() << "insert into jobs (pipeline, stage, priority, run_at, created_at, updated_at)"
                  " values ('foreign', 'far', 9, 1, 1, 1)";
  now += 1s;
  const auto job = add();
  // No claim has looked at it yet.
  CHECK_THAT(why(job).text, Contains("behind 2 of higher priority and 1 due for longer"));
  store.claims.claim({7, 0}, now);
  CHECK_THAT(why(job).text, Contains("behind 1 of higher priority and 1 due for longer"));
  store.control.pause("trio", "two", "ann", now);
  CHECK_THAT(why(job).text, Contains("behind 1 of higher priority and 0 due for longer"));
  store.control.pause("solo", "only", "ann", now);
  CHECK(why(job).reason == reasons::NEXT);
}

TEST_CASE_METHOD(explain_fixture, "explain: at most ten thousand jobs are counted") {
  run();
  const auto count = static_cast<std::size_t>(queue_place_limit);
  store.submitter.enqueue(std::vector<new_job>(count), now);
  now += 1s;
  const auto job = add();
  CHECK_THAT(why(job).text, Contains("behind 0 of higher priority and 10,000 due for longer"));
  add(1);
  CHECK_THAT(why(job).text, Contains("behind more than 10,000 jobs"));
  store.control.pause("trio", "one", "ann", start);
  const auto other = store.submitter.enqueue(std::vector<new_job>{{.stage = 1}}, now).front();
  CHECK(why(other).reason == reasons::NEXT);
}

TEST_CASE_METHOD(explain_fixture, "explain: its tenant has its turn among others") {
  run();
  store.submitter.enqueue(
      std::vector<new_job>{{.tenant = "acme"}, {.tenant = "zeta"}, {.tenant = "zeta"}}, now);
  now += 1s;
  const auto job = store.submitter.enqueue(std::vector<new_job>{{.tenant = "acme"}}, now).front();
  CHECK_THAT(why(job).text, Contains("behind 0 of higher priority and 1 due for longer; 1 other "
                                     "tenant is served in turn with its own"));
}

TEST_CASE_METHOD(explain_fixture, "explain: its tenant is at a limit") {
  run();
  const job_rules rules{.tenants = {{"acme", {.limit = {.concurrency = 1}}}}};
  store.submitter.enqueue(std::vector<new_job>{{.tenant = "acme"}}, now);
  claim();
  const auto job = store.submitter.enqueue(std::vector<new_job>{{.tenant = "acme"}}, now).front();
  const auto said = explain(on, pipelines, job, now, rules);
  CHECK(said.reason == reasons::AT_LIMIT);
  CHECK(said.text == "at stage one of trio; tenant acme has 1 of 1 jobs at work");
}

TEST_CASE_METHOD(explain_fixture, "explain: nothing is in its way") {
  run();
  const auto job = add();
  const auto said = why(job);
  CHECK(said.reason == reasons::NEXT);
  CHECK_THAT(said.text, Contains("runtime 1 (mill, pid 42) claims there"));
}

TEST_CASE_METHOD(explain_fixture,
                 "explain: a runtime has claimed it, and its handler has not begun") {
  run();
  add(3);
  const auto first = store.claims.claim({runtime, 1}, now).jobs.at(0);
  const auto job = at_work();
  if (on.is_shared()) {
    record({first});
  } else {
    CHECK(why(job.id).reason == reasons::WORKING);
    hands = {runtime, {first.id}};
  }
  const auto said = why(job.id);
  CHECK(said.reason == reasons::CLAIMED);
  CHECK_THAT(said.text,
             Contains("claimed by runtime 1 (mill, pid 42) at stage one of trio since") &&
                 Contains("no handler has it: 1 go before it"));
  CHECK(why(first.id).reason == reasons::WORKING);
  auto listed = list_jobs(on, {});
  note_begun(on, listed, hands);
  REQUIRE(listed.size() == 2);
  CHECK_FALSE(listed[0].has_begun);
  CHECK(listed[1].has_begun);
  // A journal of another runtime says nothing of it.
  hands = {runtime + 1, {}};
  if (!on.is_shared())
    CHECK(why(job.id).reason == reasons::WORKING);
}

TEST_CASE_METHOD(explain_fixture, "explain: a runtime works on it") {
  run();
  const auto job = at_work();
  record({job});
  const auto said = why(job.id);
  CHECK(said.reason == reasons::WORKING);
  CHECK(said.text ==
        "in the hands of runtime 1 (mill, pid 42) at stage one of trio since "
        "2023-11-14T22:13:20.000Z, attempt 1 of 2");
  CHECK_THAT(said.next, Contains("longer than 5m"));
}

TEST_CASE_METHOD(explain_fixture, "explain: a runtime works on a job that was cancelled") {
  run();
  const auto job = at_work();
  store.control.cancel(job.id, "ann", now + 1s);
  const auto said = why(job.id);
  CHECK(said.reason == reasons::CANCEL_PENDING);
  CHECK_THAT(said.text, Contains("requested by ann at 2023-11-14T22:13:21.000Z") &&
                            Contains("runtime 1 (mill, pid 42) at stage one"));
}

TEST_CASE_METHOD(explain_fixture, "explain: the runtime that had it in hand is gone") {
  run();
  const auto job = at_work();
  now += 15s;
  CHECK(why(job.id).reason == reasons::RUNTIME_LOST);
  CHECK_THAT(why(job.id).text, Contains("runtime 1 (mill, pid 42), whose lease ran out at 2023"));
  CHECK_THAT(why(job.id).next, Contains("millrace run"));
  register_runtime(on, "other", 43, "1.0", now + 15s, now);
  CHECK_THAT(why(job.id).text, Contains("runtime 2 (other, pid 43) rescues it within two seconds"));
  on.session() << "delete from runtimes where runtime_id = 1";
  store.control.cancel(job.id, "ann", now);
  CHECK_THAT(why(job.id).text, Contains("runtime 1, of which nothing is known") &&
                                   Contains("that ends it, for its cancellation was requested"));
}

TEST_CASE_METHOD(explain_fixture, "explain: it is done") {
  run();
  const auto job = at_work();
  settle(job, pipeline::finish{});
  CHECK(why(job.id).reason == reasons::DONE);
  CHECK(why(job.id).text == "done since 2023-11-14T22:13:20.000Z");
  const auto twice = at_work();
  settle(twice, pipeline::finish{"UPLOAD_DEDUP_HIT", "the first is job 1", {}});
  CHECK_THAT(why(twice.id).text, Contains("with UPLOAD_DEDUP_HIT: the first is job 1"));
}

TEST_CASE_METHOD(explain_fixture, "explain: it was cancelled") {
  run();
  const auto waited = add();
  store.control.cancel(waited, "ann", now);
  CHECK(why(waited).reason == reasons::CANCELLED);
  CHECK(why(waited).text == "cancelled at stage one of trio at 2023-11-14T22:13:20.000Z, by ann");
  const auto worked = at_work();
  store.control.cancel(worked.id, "bob", now);
  now += 2s;
  settle(worked, pipeline::advance{});
  CHECK_THAT(why(worked.id).text,
             Contains("at 2023-11-14T22:13:22.000Z, requested by bob at 2023-11-14T22:13:20.000Z"));
  CHECK_THAT(why(worked.id).next, Contains("`millrace retry 2` runs it after all"));
}

TEST_CASE_METHOD(explain_fixture, "explain: it is dead of a code, with what to do about that") {
  run();
  const auto rejected = at_work();
  settle(rejected, pipeline::reject{"PDF_ENCRYPTED", "a password is asked for"});
  CHECK(why(rejected.id).reason == reasons::DEAD);
  CHECK(why(rejected.id).text ==
        "dead since 2023-11-14T22:13:20.000Z at stage one of trio, in attempt 1 of 2, with "
        "PDF_ENCRYPTED: a password is asked for (the PDF needs a password)");
  // A retry would read the copy that was taken in.
  CHECK(why(rejected.id).next == "remove the password, then submit the file again");
  auto failed = at_work();
  settle(failed, pipeline::retry{"HTTP_503", "away", 0s});
  failed = store.claims.claim({runtime, 1}, now).jobs.at(0);
  settle(failed, pipeline::retry{"HTTP_503", "away", 0s});
  CHECK_THAT(why(failed.id).text, Contains("after 2 attempts, with HTTP_503: away"));
  CHECK_THAT(why(failed.id).next, Contains("correct what the message says, then `millrace retry"));
  // A message that says what the code means is not followed by that meaning again.
  const auto plain = at_work();
  settle(plain, pipeline::reject{"PDF_ENCRYPTED", "the PDF needs a password"});
  CHECK_THAT(why(plain.id).text, EndsWith("PDF_ENCRYPTED: the PDF needs a password"));
}

TEST_CASE_METHOD(explain_fixture, "explain: it was in hand whenever a runtime died") {
  run();
  const auto job = add();
  for (int i = 0; i < 3; ++i) {
    store.claims.claim({runtime, 1}, now);
    store.rescuer.rescue(runtime, 0, std::nullopt, now);
  }
  const auto said = why(job);
  CHECK(said.reason == reasons::POISONED);
  CHECK_THAT(said.text, Contains("in hand each of 3 times that a runtime died"));
  CHECK_THAT(said.next, Contains("`millrace retry 1`"));
}

TEST_CASE_METHOD(explain_fixture, "explain: it was deleted when its time was over") {
  const auto first = add();
  store.control.cancel(first, "ann", now);
  const auto second = add();
  add();
  on.session() << "delete from jobs where job_id < 3";
  CHECK(why(first).reason == reasons::DELETED);
  CHECK_FALSE(why(first).is_there());
  CHECK_THAT(why(first).text, Contains("its history goes on until 2023-11-14T22:13:20.000Z"));
  CHECK(why(second).reason == reasons::DELETED);
  CHECK_THAT(why(second).text, Contains("nothing is left of it"));
}

TEST_CASE_METHOD(explain_fixture, "explain: there was never such a job") {
  add();
  CHECK(why(2).reason == reasons::UNKNOWN);
  CHECK_FALSE(why(2).is_there());
}

}  // namespace
}  // namespace millrace::storage::testing
