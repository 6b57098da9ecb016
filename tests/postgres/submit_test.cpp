#include "storage/db/postgres.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/support/wait_until.hpp"

#include <atomic>
#include <thread>

// Submitting with SQL, in the caller's own transaction.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using fixture = storage::testing::store_fixture;

TEST_CASE_METHOD(fixture, "millrace_submit makes a job where its pipeline begins") {
  announce(on, pipelines, 7, now);
  const auto id = ask("select millrace_submit('trio', '{\"n\": 1}', priority => 3)");
  const auto job = find(id);
  CHECK(job.pipeline == "trio");
  CHECK(job.stage == "one");
  CHECK(job.priority == 3);
  CHECK(job.payload == "{\"n\": 1}");
  CHECK(job.correlation_id.size() == 16);
  const auto claimed = store.claims.claim({7, 10}, system_clock{}.now()).jobs;
  REQUIRE(claimed.size() == 1);
  CHECK(claimed[0].id == id);
}

TEST_CASE_METHOD(fixture,
                 "a job that was submitted in a transaction that is rolled back was never "
                 "there") {
  announce(on, pipelines, 7, now);
  storage::postgres::execute(on.session(), "begin; select millrace_submit('solo'); rollback");
  CHECK(ask("select count(*) from jobs") == 0);
  storage::postgres::execute(on.session(), "begin; select millrace_submit('solo'); commit");
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(fixture,
                 "millrace_submit takes a stage and a time, and refuses what no runtime serves") {
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
  announce(on, pipelines, 7, now);
  storage::postgres::execute(on.session(), "set search_path = pg_catalog");
  const auto id = ask("select " + database.settings().schema + ".millrace_submit('trio')");
  storage::postgres::execute(on.session(), "set search_path = " + database.settings().schema);
  CHECK(find(id).stage == "one");
}

TEST_CASE_METHOD(fixture, "millrace_submit keeps the text of a payload, of whatever type it is") {
  announce(on, pipelines, 7, now);
  const std::string value = R"({"b": 123456789012345678901234567890, "a": 1.10, "a":1e2})";
  const auto submit = [&](const std::string& payload) {
    return find(ask("select millrace_submit('trio', " + payload + ")")).payload;
  };
  for (const auto* type : {"", "::json", "::text", "::varchar"})
    CHECK(submit("'" + value + "'" + type) == value);
  CHECK(submit("payload => '" + value + "', priority => 2") == value);
  CHECK(submit("jsonb_build_object('n', 1.10)") == R"({"n": 1.10})");
  CHECK(submit("null").empty());
  CHECK(submit("tenant => 'acme'").empty());
  CHECK_THROWS_WITH(submit("'{\"a\": '"), Catch::Contains("json"));
  CHECK_THROWS_WITH(submit("'\"\\u0000\"'"), Catch::Contains("u0000"));
  CHECK_THROWS_WITH(submit("'\"\\ud83e\"'"), Catch::Contains("surrogate"));
}

TEST_CASE_METHOD(fixture, "millrace_submit takes a traceparent, and refuses a wrong one") {
  announce(on, pipelines, 7, now);
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto submit = [&](const std::string& traceparent) {
    return ask("select millrace_submit('trio', traceparent => '" + traceparent + "')");
  };
  CHECK(find(submit(trace)).traceparent == trace);
  for (const auto& bad :
       {std::string{}, trace + "-x", "01" + trace.substr(2), trace.substr(0, 54) + "X",
        "00-" + std::string(32, '0') + trace.substr(35),
        trace.substr(0, 36) + std::string(16, '0') + "-01"}) {
    CAPTURE(bad);
    CHECK_THROWS_WITH(submit(bad), Catch::Contains("is no traceparent"));
  }
}

TEST_CASE_METHOD(fixture, "a payload can be asked for its members, and written as jsonb") {
  announce(on, pipelines, 7, now);
  const auto id = ask("select millrace_submit('trio', '{\"n\": 41}')");
  CHECK(ask("select cast(payload ->> 'n' as bigint) + 1 from job_details") == 42);
  // As a millrace of an older version writes.
  storage::postgres::execute(on.session(),
                             "update job_details set payload = cast('{\"n\": 1.10}' as jsonb),"
                             " output = cast('[1]' as jsonb)");
  CHECK(find(id).payload == R"({"n": 1.10})");
  CHECK(find(id).output == "[1]");
}

TEST_CASE_METHOD(fixture, "millrace_submit heeds a unique key as the command does") {
  announce(on, pipelines, 7, now);
  const auto submit = [&](const std::string& more) {
    return ask("select millrace_submit('trio', '{\"n\": 1}', unique_key => 'k'" + more + ")");
  };
  const auto id = submit(", tenant => 'acme', tags => array['a', 'b c']");
  CHECK(find(id).unique_key == "k");
  CHECK(find(id).tenant == "acme");
  CHECK(find(id).tags == R"(["a", "b c"])");
  CHECK(storage::list_jobs(on, {.tag = "b c"}).size() == 1);
  CHECK(submit("") == id);
  CHECK_THROWS_WITH(submit(", on_conflict => 'reject'"), Catch::Contains("holds the unique key k"));
  CHECK(ask("select millrace_submit('trio', '{\"n\": 2}', unique_key => 'k',"
            " on_conflict => 'replace')") == id);
  CHECK(find(id).payload == "{\"n\": 2}");
  CHECK(history(id) == std::vector<std::string>{"control PAYLOAD_REPLACED"});
  // Both ways see each other's keys.
  const storage::new_job same{.unique = storage::unique_key{"k"}};
  const auto kept = store.submitter.submit(std::vector{same}, now);
  CHECK(std::get<std::vector<storage::submitted_job>>(kept)[0].id == id);
  const auto jobs = store.claims.claim({7, 10}, system_clock{}.now()).jobs;
  REQUIRE(jobs.size() == 1);
  CHECK_THROWS_WITH(submit(", on_conflict => 'replace'"),
                    Catch::Contains("does not wait any more"));
  settle(jobs[0], pipeline::finish{});
  CHECK(submit(", unique_while => 'done'") != id);
  CHECK_THROWS_WITH(submit(", unique_while => 'ever'"), Catch::Contains("unfinished, done or any"));
  CHECK(ask("select count(*) from jobs") == 2);
}

TEST_CASE_METHOD(fixture, "a submit waits for one of the same key that is not committed yet") {
  announce(on, pipelines, 7, now);
  storage::connection other{database.settings()};
  storage::postgres::execute(other.session(),
                             "begin; select millrace_submit('trio', unique_key => 'k')");
  std::atomic<bool> answered{false};
  storage::submit_answer answer;
  std::thread second{[&] {
    storage::connection mine{database.settings()};
    storage::job_store to{mine, pipelines};
    const storage::new_job same{.unique = storage::unique_key{"k"}};
    answer = to.submitter.submit(std::vector{same}, now);
    answered = true;
  }};
  tests::wait_until([&] {
    return ask("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like"
               " '%unique_keys%'") > 0;
  });
  CHECK_FALSE(answered);
  storage::postgres::execute(other.session(), "commit");
  second.join();
  const auto& became = std::get<std::vector<storage::submitted_job>>(answer);
  CHECK(became[0].became == storage::submitted_job::submit_result::kept);
  CHECK(ask("select count(*) from jobs") == 1);
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
