#include "storage/postgres.hpp"
#include "tests/support/store_fixture.hpp"

// Submitting with SQL, in the caller's own transaction.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using fixture = storage::testing::store_fixture;

TEST_CASE_METHOD(fixture, "millrace_submit makes a job where its pipeline begins") {
  store.announce(7, now);
  const auto id = ask("select millrace_submit('trio', '{\"n\": 1}', priority => 3)");
  const auto job = find(id);
  CHECK(job.pipeline == "trio");
  CHECK(job.stage == "one");
  CHECK(job.priority == 3);
  CHECK(job.payload == "{\"n\": 1}");
  CHECK(job.correlation_id.size() == 16);
  const auto claimed = store.claim({7, 10}, pipeline::system_clock{}.now()).jobs;
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].id == id);
}

TEST_CASE_METHOD(fixture,
                 "a job that was submitted in a transaction that is rolled back was never "
                 "there") {
  store.announce(7, now);
  storage::postgres::execute(on.session(), "begin; select millrace_submit('solo'); rollback");
  CHECK(ask("select count(*) from jobs") == 0);
  storage::postgres::execute(on.session(), "begin; select millrace_submit('solo'); commit");
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(fixture,
                 "millrace_submit takes a stage and a time, and refuses what nobody serves") {
  const auto id =
      ask("select millrace_submit('trio', stage => 'two', run_at => '2030-01-01 00:00:00+00',"
          " correlation_id => 'mine')");
  CHECK(find(id).stage == "two");
  CHECK(find(id).correlation_id == "mine");
  CHECK(find(id).run_at == std::chrono::sys_days{std::chrono::year{2030} / 1 / 1});
  CHECK_THROWS_WITH(ask("select millrace_submit('nobody')"),
                    Catch::Contains("no runtime has announced the pipeline nobody"));
}

TEST_CASE_METHOD(fixture, "millrace_submit finds its tables whatever the caller's search path") {
  store.announce(7, now);
  storage::postgres::execute(on.session(), "set search_path = pg_catalog");
  const auto id = ask("select " + database.settings().schema + ".millrace_submit('trio')");
  storage::postgres::execute(on.session(), "set search_path = " + database.settings().schema);
  CHECK(find(id).stage == "one");
}

TEST_CASE_METHOD(fixture, "a transaction behind a pooler is durable where the server is not") {
  storage::postgres::execute(on.session(), "set synchronous_commit = off");
  storage::postgres::execute(on.session(), storage::postgres::begin_sql(database.settings(), true));
  std::string mode;
  on.session() << "show synchronous_commit", soci::into(mode);
  CHECK(mode == "on");
  storage::postgres::execute(on.session(), "rollback");
}

}  // namespace
