#include "actors/store/writer.hpp"
#include "storage/db/error.hpp"
#include "storage/history/job_queries.hpp"
#include "tests/postgres/role_fixture.hpp"

namespace {

using namespace millrace;
using namespace std::chrono_literals;

using actors::duty;
using actors::look_around;
using tests::role_fixture;

TEST_CASE_METHOD(role_fixture, "a role that may not use the schema is told what to grant") {
  try {
    const storage::connection refused{settings()};
    FAIL("it was not refused");
  } catch (const storage::error& e) {
    CHECK(e.kind() == storage::error_kind::permanent);
    CHECK_THAT(e.next(),
               Catch::Contains("grant usage on schema \"" + schema() + "\" to \"" + role));
  }
  grant("usage on schema " + schema());
  storage::connection allowed{settings()};
  CHECK(storage::testing::kind_thrown([&] { storage::find_job(allowed, 1); }) ==
        storage::error_kind::permanent);
  grant("select on all tables in schema " + schema());
  CHECK_FALSE(storage::find_job(allowed, 1));
}

TEST_CASE_METHOD(role_fixture, "a runtime needs only the rows of the tables and three functions") {
  grant("usage on schema " + schema());
  grant("select, insert, update, delete on all tables in schema " + schema());
  grant(
      "execute on function millrace_last_event, millrace_add_events_partitions,"
      " millrace_drop_events_partitions");
  add();
  auto made = actors::writer_settings{};
  made.database = settings();
  made.data_dir = database.folder();
  made.version = "test";
  made.lease = 15s;
  const system_clock time;
  actors::writer runtime{made, pipelines, time};
  runtime.open();
  const auto jobs = runtime.write({.claim = 10}).claimed.jobs;
  REQUIRE(jobs.size() == 1);
  CHECK(runtime.write({.settlements = {{jobs[0], pipeline::finish{}, false}}}).settled.at(0));
  runtime.write({.duties = look_around.with(duty::lease).with(duty::probe).with(duty::clean_up)});
  storage::connection reader{settings()};
  CHECK(storage::list_events(reader, {}).size() == 3);
  storage::retention archiving{storage::with_pipelines(
      {.finished = 1h, .archive = database.folder() / "archive"}, pipelines)};
  CHECK(archiving.step(reader, time.now() + 2h).jobs == 1);
  runtime.close();
}

}  // namespace
