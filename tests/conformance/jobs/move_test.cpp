#include "pipeline/codes.hpp"
#include "storage/history/explain.hpp"
#include "storage/history/reasons.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>

namespace millrace::storage::testing {
namespace {

using lines = std::vector<std::string>;

/// Jobs of `trio` at a stage that was renamed to `two`: the catalog no longer knows it.
struct move_fixture : store_fixture {
  job_id stranded(const std::string& state, const std::string& pipeline = "trio",
                  const std::string& stage = "old") {
    const auto id = add();
    on.session() << "update jobs set pipeline = '" + pipeline + "', stage = '" + stage +
                        "', state = '" + state +
                        "', attempt = 1, lane = 0 where job_id = " + std::to_string(id);
    return id;
  }

  sent_back move(const movable_filter& filter, const std::string& to,
                 const std::string& to_pipeline = {}) {
    return store.bulk.move(list_movable(on, filter).jobs, to_pipeline, to, "ann", now);
  }
};

TEST_CASE_METHOD(move_fixture,
                 "what waits or has died at a renamed stage is moved, and runs there") {
  const auto queued = stranded("queued");
  const auto failed = stranded("retryable");
  const auto dead = stranded("deadletter");
  on.session() << "update jobs set run_at = " + std::to_string(to_us(now + 1h)) +
                      " where job_id = " + std::to_string(failed);
  stranded("done");
  const auto found = list_movable(on, {.pipeline = "trio", .stage = "old"});
  REQUIRE(found.counts.size() == 3);
  CHECK(found.counts[0].code == "deadletter");
  const auto became = move({.pipeline = "trio", .stage = "old"}, "two");
  CHECK(became.replayed == 3);
  CHECK(became.refused.empty());
  for (const auto id : {queued, failed, dead}) {
    const auto row = find(id);
    CHECK(row.stage == "two");
    CHECK(row.state == job_state::queued);
    CHECK(row.attempt == 0);
    CHECK(history(id) == lines{"control MOVED"});
  }
  const auto events = list_events(on, {.job = queued});
  CHECK(events.back().message == "from old to two by ann");
  const auto claimed = claim();
  CHECK(claimed.size() == 3);
  CHECK(
      std::all_of(claimed.begin(), claimed.end(), [](const auto& one) { return one.stage == 1; }));
}

TEST_CASE_METHOD(move_fixture, "a job moves alone, by its state, and not twice") {
  const auto queued = stranded("queued");
  const auto dead = stranded("deadletter");
  const auto list = list_movable(on, {.state = job_state::deadletter, .stage = "old"}).jobs;
  REQUIRE(list.size() == 1);
  CHECK(store.bulk.move(list, {}, "three", "ann", now).replayed == 1);
  CHECK(find(dead).stage == "three");
  CHECK(find(queued).stage == "old");
  const auto again = store.bulk.move(list, {}, "one", "bob", now);
  CHECK(again.replayed == 0);
  CHECK(again.changed == 1);
}

TEST_CASE_METHOD(move_fixture, "a time that a job waits for stays when it is moved") {
  const auto id = stranded("queued");
  on.session() << "update jobs set run_at = " + std::to_string(to_us(now + 1h)) +
                      " where job_id = " + std::to_string(id);
  CHECK(move({.stage = "old"}, "two").replayed == 1);
  CHECK(find(id).run_at == now + 1h);
  CHECK(claim().empty());
}

TEST_CASE_METHOD(move_fixture, "jobs at work are left alone and counted, ended ones are refused") {
  const auto job = working();
  const auto done = stranded("done");
  const auto found = list_movable(on, {.pipeline = "trio"});
  CHECK(found.jobs.empty());
  CHECK(found.at_work == 1);
  const std::vector<listed_job> both{{job.id, find(job.id).epoch}, {done, find(done).epoch}};
  const auto became = store.bulk.move(both, {}, "two", "ann", now);
  CHECK(became.replayed == 0);
  CHECK(became.refused.size() == 2);
  CHECK(find(job.id).state == job_state::working);
  CHECK(find(done).state == job_state::done);
}

TEST_CASE_METHOD(move_fixture,
                 "a move to a stage that is not there is refused, with what is true") {
  stranded("queued");
  const auto unknown = stranded("queued", "gone", "a");
  auto became = move({.stage = "old"}, "nowhere");
  REQUIRE(became.refused.size() == 1);
  CHECK(became.refused.begin()->first == "pipeline trio has no stage 'nowhere'");
  became = move({.pipeline = "gone"}, "b");
  REQUIRE(became.refused.size() == 1);
  CHECK(became.refused.begin()->first == "this configuration does not know the pipeline gone");
  CHECK(find(unknown).stage == "a");
}

TEST_CASE_METHOD(move_fixture, "jobs of a renamed pipeline move to the one that is known") {
  const auto queued = stranded("queued", "gone", "one");
  const auto dead = stranded("deadletter", "gone", "a");
  CHECK(move({.pipeline = "gone"}, "one", "trio").replayed == 2);
  for (const auto id : {queued, dead}) {
    CHECK(find(id).pipeline == "trio");
    CHECK(find(id).stage == "one");
  }
  CHECK(claim().size() == 2);
}

TEST_CASE_METHOD(move_fixture,
                 "a moved job keeps its unique key, unless another one holds it there") {
  const auto submit = [&](const char* key) {
    std::vector<new_job> jobs(1);
    jobs[0].unique = unique_key{key};
    return std::get<std::vector<submitted_job>>(store.submitter.submit(jobs, now)).at(0).id;
  };
  const auto free_one = submit("k");
  const auto held = submit("taken");
  on.session() << "update jobs set pipeline = 'gone'";
  on.session() << "update unique_keys set pipeline = 'gone'";
  const auto holder = submit("taken");
  const auto became = move({.pipeline = "gone"}, "two", "trio");
  CHECK(became.replayed == 1);
  CHECK(became.refused.size() == 1);
  CHECK(find(free_one).pipeline == "trio");
  CHECK(find(held).pipeline == "gone");
  // Neither key can be had twice now.
  std::vector<new_job> jobs(1);
  jobs[0].unique = unique_key{"k"};
  CHECK(std::get<std::vector<submitted_job>>(store.submitter.submit(jobs, now)).at(0).id ==
        free_one);
  CHECK(ask("select count(*) from unique_keys where pipeline = 'gone' and unique_key = 'k'") == 0);
  CHECK(find(holder).state == job_state::queued);
}

TEST_CASE_METHOD(move_fixture, "a replay reaches known stages from one that was renamed") {
  const auto dead = stranded("deadletter");
  const auto done = stranded("done");
  CHECK(std::holds_alternative<pipeline::change>(store.control.replay(dead, "one", "ann", now)));
  CHECK(find(dead).stage == "one");
  CHECK(store.bulk.replay_ended(list_ended(on, {.state = job_state::done}).jobs, "two", "ann", now)
            .replayed == 1);
  CHECK(find(done).stage == "two");
  const auto stray = stranded("deadletter", "gone", "a");
  const auto refused = store.control.replay(stray, "b", "ann", now);
  CHECK(std::get<pipeline::rejection>(refused).why ==
        "this configuration does not know the pipeline gone");
}

TEST_CASE_METHOD(move_fixture, "a stage that was renamed while it was paused can be resumed") {
  on.session() << "insert into stage_controls (pipeline, stage, paused_since, paused_by) "
                  "values ('trio', 'old', 1, 'ann')";
  store.control.resume("trio", "old", "ann", now);
  CHECK(paused_stages(on, pipelines).empty());
  CHECK(kind_thrown([&] { store.control.resume("trio", "old", "ann", now); }) ==
        error_kind::permanent);
}

TEST_CASE_METHOD(move_fixture, "explain: a job at a renamed stage is told of the move") {
  const auto id = stranded("queued");
  const auto said = explain(on, pipelines, id, now, {});
  CHECK_THAT(said.next, Catch::Contains("`millrace move " + std::to_string(id) + " --to STAGE`"));
  const auto gone = explain(on, pipelines, stranded("queued", "gone", "a"), now, {});
  CHECK(gone.reason == reasons::PIPELINE_UNKNOWN);
  CHECK_THAT(gone.next, Catch::Contains("does not know the pipeline"));
}

TEST_CASE_METHOD(move_fixture,
                 "a job that a handler finished early is not sent past where it ended") {
  const auto duplicate = add();
  settle(claim().at(0), pipeline::finish{"UPLOAD_DEDUP_HIT", "the same bytes", {}});
  const auto whole = add();
  for (int i = 0; i < 3; ++i)
    settle(claim().at(0), pipeline::advance{});
  REQUIRE(find(whole).state == job_state::done);
  const auto became =
      store.bulk.replay_ended(list_ended(on, {.state = job_state::done}).jobs, "three", "ann", now);
  CHECK(became.replayed == 1);
  CHECK(became.changed == 0);
  CHECK(became.refused.empty());
  REQUIRE(became.skipped.size() == 1);
  CHECK(became.skipped.begin()->first ==
        "ended at one with UPLOAD_DEDUP_HIT and never came to three");
  CHECK(find(duplicate).state == job_state::done);
  CHECK(std::holds_alternative<pipeline::rejection>(
      store.control.replay(duplicate, "two", "ann", now)));
  // To where it ended it can go.
  CHECK(
      std::holds_alternative<pipeline::change>(store.control.replay(duplicate, "one", "ann", now)));
}

TEST_CASE_METHOD(move_fixture, "a job that went through all stages is sent to one that is new") {
  pipeline::catalog before{{{"trio", {{.name = "one", .handler = "noop"}}}}};
  job_store old{on, before};
  const auto id = add();
  old.settler.settle(
      std::vector<settlement>{{old.claims.claim({7, 1}, now).jobs.at(0), pipeline::advance{}}},
      now);
  REQUIRE(find(id).state == job_state::done);
  CHECK(std::holds_alternative<pipeline::change>(store.control.replay(id, "two", "ann", now)));
}

}  // namespace
}  // namespace millrace::storage::testing
