#include "pipeline/effect.hpp"
#include "pipeline/made_job.hpp"
#include "storage/jobs/job_store.hpp"
#include "tests/support/store_fixture.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::storage::testing {
namespace {

using pipeline::made_job;
using pipeline::unique_conflict;

struct maker_fixture : store_fixture {
  /// A job of tenant acme that is claimed, at the stage one of trio.
  pipeline::job maker() {
    const new_job made{.correlation_id = "c-1", .tenant = "acme"};
    const auto id = store.submitter.enqueue({&made, 1}, now).front();
    for (auto& job : claim())
      if (job.id == id)
        return job;
    FAIL("the job was not claimed");
    return {};
  }

  static pipeline::advance making(std::vector<made_job> jobs) {
    return {{pipeline::effects::make_jobs{std::move(jobs)}}, {}};
  }

  settled make(std::vector<made_job> jobs) { return settle(maker(), making(std::move(jobs))); }

  std::int64_t count(const std::string& pipeline) {
    return ask("select count(*) from jobs where pipeline = '" + pipeline + "'");
  }
  job_record newest() { return find(ask("select max(job_id) from jobs")); }
};

TEST_CASE_METHOD(maker_fixture, "a handler makes jobs of any pipeline as its job moves on") {
  const auto to = make({{.pipeline = "solo",
                         .payload = "{\"n\": 1}",
                         .priority = 4,
                         .run_at = now + 1h,
                         .unique = "k",
                         .correlation_id = "other",
                         .tenant = "globex",
                         .tags = {"x"}}});
  REQUIRE(to);
  CHECK(to->state == job_state::queued);
  const auto made = newest();
  CHECK(made.pipeline == "solo");
  CHECK(made.stage == "only");
  CHECK(made.payload == "{\"n\": 1}");
  CHECK(made.priority == 4);
  CHECK(made.run_at == now + 1h);
  CHECK(made.unique_key == "k");
  CHECK(made.correlation_id == "other");
  CHECK(made.tenant == "globex");
  CHECK(made.tags == "[\"x\"]");
  CHECK_FALSE(made.parent);
}

TEST_CASE_METHOD(maker_fixture,
                 "a job that is made has the tenant and correlation id of its maker") {
  make({{.pipeline = "solo"}, {.pipeline = "trio"}});
  CHECK(newest().tenant == "acme");
  CHECK(newest().correlation_id == "c-1");
  CHECK(count("solo") == 1);
  // They are due: the next claim has them.
  CHECK(claim().size() == 3);
}

TEST_CASE_METHOD(maker_fixture, "of a unique key the first job that is made stays") {
  const auto keyed = [](std::string payload, unique_conflict policy = unique_conflict::keep) {
    return made_job{
        .pipeline = "solo", .payload = std::move(payload), .unique = "k", .on_conflict = policy};
  };
  make({keyed("1"), keyed("2")});
  CHECK(count("solo") == 1);
  CHECK(newest().payload == "1");
  make({keyed("3")});
  CHECK(find(ask("select job_id from jobs where pipeline = 'solo'")).payload == "1");
  // That one waits no more: the claim of the last maker has it.
  make({keyed("4", unique_conflict::replace)});
  CHECK(count("solo") == 1);
  CHECK(find(ask("select job_id from jobs where pipeline = 'solo'")).payload == "1");
}

TEST_CASE_METHOD(maker_fixture, "a job that waits gets the payload of a later one with its key") {
  const auto at = maker();
  const auto later = maker();
  const auto keyed = [](std::string payload) {
    return making({{.pipeline = "solo",
                    .payload = std::move(payload),
                    .unique = "k",
                    .on_conflict = unique_conflict::replace}});
  };
  settle(at, keyed("1"));
  settle(later, keyed("2"));
  CHECK(count("solo") == 1);
  CHECK(newest().payload == "2");
}

TEST_CASE_METHOD(maker_fixture, "what a lost or refused settlement makes is not made") {
  const auto lost = maker();
  REQUIRE(settle(lost, making({{.pipeline = "solo"}})));
  CHECK_FALSE(settle(lost, making({{.pipeline = "solo"}})));
  CHECK(count("solo") == 1);
  const auto wrong = maker();
  REQUIRE(settle(wrong, making({{.pipeline = "nowhere", .unique = "k"}})));
  CHECK(find(wrong.id).state == job_state::deadletter);
  CHECK(find(wrong.id).code == "HANDLER_ERROR");
  CHECK(make(std::vector<made_job>(10'001, {.pipeline = "solo"}))->state == job_state::deadletter);
  const pipeline::effects::make_jobs half{std::vector<made_job>(6'000, {.pipeline = "solo"})};
  CHECK(settle(maker(), pipeline::advance{{half, half}, {}})->state == job_state::deadletter);
  CHECK(count("solo") == 1);
}

}  // namespace
}  // namespace millrace::storage::testing
