#include "storage/history/explain.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

const std::string all_of_it{every_stage};

TEST_CASE_METHOD(store_fixture,
                 "a paused pipeline starts nothing, at any stage, until it is resumed") {
  store.submitter.enqueue(std::vector<new_job>{{.stage = 0}, {.stage = 2}}, now);
  const auto other = store.submitter.enqueue(std::vector<new_job>{{.pipeline = 1}}, now).front();
  store.control.pause("trio", all_of_it, "ann", now);
  const auto claimed = store.claims.claim({7, 10}, now);
  REQUIRE(claimed.jobs.size() == 1);
  CHECK(claimed.jobs[0].id == other);
  CHECK_FALSE(claimed.next_run_at);
  CHECK_FALSE(store.claims.oldest_waiting(now));
  store.control.resume("trio", all_of_it, "bob", now);
  CHECK(claim().size() == 2);
  CHECK(ask("select count(*) from events where type = 'control' and pipeline = 'trio'"
            " and stage = '*' and message in ('paused by ann', 'resumed by bob')") == 2);
}

TEST_CASE_METHOD(store_fixture,
                 "a stage that was paused by itself stays so when its pipeline is resumed") {
  store.control.pause("trio", "two", "ann", now);
  store.control.pause("trio", all_of_it, "bob", now + 1s);
  const auto paused = paused_stages(on, pipelines);
  REQUIRE(paused.size() == 4);
  CHECK(paused[0].stage == "two");
  CHECK(paused[0].by == "ann");
  CHECK_FALSE(paused[0].with_pipeline);
  CHECK(paused[1].stage == "one");
  CHECK(paused[1].by == "bob");
  CHECK(paused[1].since == now + 1s);
  CHECK(paused[1].with_pipeline);
  store.control.resume("trio", all_of_it, "bob", now);
  CHECK(paused_stages(on, pipelines).size() == 1);
}

TEST_CASE_METHOD(store_fixture, "a job is not carried on in a paused pipeline") {
  const auto job = working();
  store.control.pause("trio", all_of_it, "ann", now);
  const auto to = settle(job, pipeline::advance{}, true);
  REQUIRE(to);
  CHECK(to->state == job_state::queued);
}

TEST_CASE_METHOD(store_fixture, "explain says that the pipeline is paused, known or not") {
  const auto job = add();
  store.control.pause("trio", all_of_it, "ann", now);
  const auto said = explain(on, pipelines, job, now);
  CHECK(said.reason == reasons::STAGE_PAUSED);
  CHECK(said.text == "all of the pipeline trio is paused since 2023-11-14T22:13:20.000Z by ann");
  CHECK(said.next == "`millrace resume --pipeline trio` lets it go on");
  CHECK(explain(on, pipeline::catalog{}, job, now).text == said.text);
  CHECK(kind_thrown([&] { store.control.pause("duo", all_of_it, "ann", now); }) ==
        error_kind::permanent);
}

}  // namespace
}  // namespace millrace::storage::testing
