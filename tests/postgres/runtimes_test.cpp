#include "storage/db/migrate.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/postgres/fleet.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

// Many runtimes on one database: real processes, real signals.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using tests::fleet;
using tests::running;

constexpr auto five_stages = R"(
[pipeline.five]
stages = a, b, c, d, e
[stage.five.a]
handler = noop
[stage.five.b]
handler = noop
[stage.five.c]
handler = sleep:1ms
[stage.five.d]
handler = noop
[stage.five.e]
handler = noop
)";

constexpr auto naps = R"(
[pipeline.p]
stages = nap
[stage.p.nap]
handler = sleep:1h
concurrency = 1
)";

TEST_CASE_METHOD(fleet, "runtimes that are killed and restarted do every stage once") {
  configure(five_stages);
  constexpr int jobs = 3000;
  submit("five", "a", jobs);
  std::vector<running> all;
  all.reserve(3);
  for (int i = 0; i < 3; ++i)
    all.push_back(start(i, {"--runtime.in_flight", "400"}));
  std::minstd_rand random{20261124};
  for (int kill = 1; kill <= 6; ++kill) {
    wait_until(fmt::format("(select count(*) from events where type = 'stage_done') > {}",
                           kill * jobs * 5 / 10));
    const auto victim = random() % all.size();
    all[victim].signal(SIGKILL);
    all[victim].wait();
    all[victim] = start(static_cast<int>(victim), {"--runtime.in_flight", "400"});
  }
  wait_until("not exists (select 1 from jobs where state in ('queued', 'working', 'retryable'))");
  for (const auto& one : all) {
    // Before that, a signal ends it as it ends any process.
    one.wait_for_error("RUNTIME_STARTING");
    one.signal(SIGTERM);
    CHECK(one.wait().code == 0);
  }
  check_done_once(jobs, 5);
}

TEST_CASE_METHOD(fleet, "another runtime rescues a dead one's jobs, and charges what was in hand") {
  configure(naps);
  submit("p", "nap", 3);
  const auto first = start(1);
  wait_until("exists (select 1 from in_hand)");
  first.signal(SIGKILL);
  first.wait();
  const auto second = start(2);
  second.wait_for_error("JOBS_RESCUED");
  wait_until("(select count(*) from jobs where crashes = 1) = 1");
  CHECK(ask("select count(*) from jobs where crashes = 0") == 2);
  // It rescues before it is ready; one that is not has nothing to drain.
  second.wait_for_error("RUNTIME_READY");
  second.signal(SIGTERM);
  second.wait_for_error("RUNTIME_DRAINING");
  second.signal(SIGTERM);
  CHECK(second.wait().code == 0);
}

TEST_CASE_METHOD(fleet, "a runtime that was stopped past its lease takes a new identity") {
  configure(five_stages);
  submit("five", "a", 500);
  const auto first = start(1, {"--runtime.in_flight", "50"});
  wait_until("(select count(*) from events where type = 'stage_done') > 50");
  first.signal(SIGSTOP);
  const auto second = start(2);
  second.wait_for_error("JOBS_RESCUED");
  first.signal(SIGCONT);
  first.wait_for_error("LEASE_LOST");
  wait_until("not exists (select 1 from jobs where state in ('queued', 'working', 'retryable'))");
  // Both work on.
  wait_until(
      "(select count(*) from runtimes where lease_until > "
      "(extract(epoch from clock_timestamp()) * 1000000)::bigint) >= 2");
  submit("five", "a", 100);
  wait_until("not exists (select 1 from jobs where state in ('queued', 'working', 'retryable'))");
  for (const auto* one : {&first, &second}) {
    one->signal(SIGTERM);
    CHECK(one->wait().code == 0);
  }
  check_done_once(600, 5);
}

TEST_CASE_METHOD(fleet, "a runtime goes on by itself when the server was away") {
  tests::tcp_proxy proxy{*tests::postgres_url()};
  configure(five_stages, proxy.url());
  submit("five", "a", 2000);
  const auto runtime = start(1, {"--runtime.in_flight", "200"});
  wait_until("(select count(*) from events where type = 'stage_done') > 500");
  proxy.cut(true);
  runtime.wait_for_error("DATABASE_TROUBLE");
  CHECK(unfinished() > 0);
  proxy.mend();
  runtime.wait_for_error("DATABASE_RECOVERED");
  wait_until("not exists (select 1 from jobs where state in ('queued', 'working', 'retryable'))");
  runtime.signal(SIGTERM);
  const auto ended = runtime.wait();
  INFO(ended.err);
  CHECK(ended.code == 0);
  check_done_once(2000, 5);
}

TEST_CASE_METHOD(fleet, "connections that are ended again and again lose nothing") {
  const auto name = database.settings().schema;
  configure(five_stages, database.settings().url + "?application_name=" + name);
  submit("five", "a", 2000);
  const auto runtime =
      start(1, {"--runtime.in_flight", "200", "--storage.writers", "3", "--until-idle"});
  for (int i = 1; i <= 8; ++i) {
    wait_until(
        fmt::format("(select count(*) from events where type = 'stage_done') > {}", i * 900));
    ask("select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where application_name = '" +
        name + "'");
  }
  const auto ended = runtime.wait();
  INFO(ended.err);
  CHECK(ended.code == 0);
  check_done_once(2000, 5);
}

TEST_CASE_METHOD(fleet, "of many runtimes that keep a schedule one makes its job") {
  configure(fmt::format("{}[schedule.yearly]\ncron = @yearly\npipeline = five\n", five_stages));
  CHECK(start(0, {"--until-idle"}).wait().code == 0);
  REQUIRE(ask("select count(*) from jobs") == 0);
  for (int round = 1; round <= 3; ++round) {
    // A day in the past, and later than what was made.
    on.session() << "update schedules set next_at = 1767222000000000, last_at = 0";
    std::vector<running> all;
    for (int i = 0; i < 3; ++i)
      all.push_back(start(i, {"--until-idle"}));
    for (const auto& one : all)
      CHECK(one.wait().code == 0);
    CHECK(ask("select count(*) from jobs") == round);
  }
  wait_until("not exists (select 1 from jobs where state <> 'done')");
}

TEST_CASE_METHOD(fleet, "documents go from submit to search on PostgreSQL") {
  const auto ini = configure("");
  in.write("d/boat.md", "# Boats\n\nA lock lifts boats from one level of the canal to the next.\n");
  in.write("d/bread.md", "# Bread\n\nSourdough needs flour, water, salt and patience.\n");
  REQUIRE(in.millrace({"submit", (in.folder() / "d").string(), "--config", ini}).code == 0);
  const auto runtime = start(1, {"--until-idle"});
  CHECK(runtime.wait().code == 0);
  CHECK(ask("select count(*) from jobs where state = 'done'") == 2);
  const auto found = in.millrace({"search", "how do boats get up", "-k", "1", "--config", ini});
  CHECK_THAT(found.out, Catch::Contains("boat.md"));
  CHECK_THAT(in.millrace({"job", "1", "--config", ini}).out, Catch::Contains("stage_done"));
}

TEST_CASE_METHOD(fleet, "each runtime's inspector shows them all, and its orders hold for all") {
  configure(five_stages);
  const auto ini = (in.folder() / "m.ini").string();
  std::vector<running> all;
  for (int i = 0; i < 2; ++i) {
    all.push_back(start(i));
    all.back().wait_for_error("RUNTIME_READY");
  }
  const auto inspect = [&](int number, std::vector<std::string> words) {
    words.insert(words.begin(), "inspect");
    words.insert(words.end(), {"--config", ini, "--runtime.data_dir",
                               (in.folder() / fmt::format("r{}", number)).string()});
    const auto answer = in.millrace(words);
    INFO(answer.err);
    REQUIRE(answer.code == 0);
    return answer.out;
  };
  for (int i = 0; i < 2; ++i) {
    const auto runtimes = nlohmann::json::parse(inspect(i, {"runtimes", "--json"}))["runtimes"];
    REQUIRE(runtimes.size() == 2);
    for (const auto& one : runtimes)
      CHECK(one["alive"] == true);
    CHECK(runtimes[0]["self"] != runtimes[1]["self"]);
  }
  CHECK(nlohmann::json::parse(inspect(0, {"status", "--json"}))["database"] == "postgres");
  inspect(0, {"pause", "b", "--pipeline", "five"});
  submit("five", "a", 10);
  wait_until("(select count(*) from jobs where state = 'queued' and stage = 'b') = 10");
  const auto sees_pause = [&] {
    const auto stages = nlohmann::json::parse(inspect(1, {"stages", "--json"}))["stages"];
    return std::any_of(stages.begin(), stages.end(), [](const nlohmann::json& one) {
      return one["stage"] == "b" && one["paused_at"].is_string();
    });
  };
  // What it shows of the database is as old as it says.
  const auto deadline = std::chrono::steady_clock::now() + 120s;
  while (!sees_pause())
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  inspect(1, {"resume", "b", "--pipeline", "five"});
  wait_until("(select count(*) from jobs where state = 'done') = 10");
  inspect(0, {"stop"});
  CHECK(all[0].wait().code == 0);
  inspect(1, {"drain"});
  CHECK(all[1].wait().code == 0);
}

TEST_CASE_METHOD(fleet, "a job that is sent on starts at once, long before the next poll") {
  const auto ini = configure(
      "poll_interval_min = 1h\npoll_interval_max = 1h\n[pipeline.p]\nstages = a\n"
      "[stage.p.a]\nhandler = noop\n");
  on.session() << "insert into jobs (pipeline, stage, state, run_at, created_at, updated_at)"
                  " values ('p', 'a', 'deadletter', 1, 1, 1), ('p', 'a', 'deadletter', 1, 1, 1),"
                  " ('p', 'a', 'done', 1, 1, 1), ('p', 'a', 'retryable', 7258118400000000, 1, 1)";
  const auto runtime = start(1);
  runtime.wait_for_error("RUNTIME_READY");
  const std::vector<std::vector<std::string>> orders{
      {"retry", "1"}, {"retry", "4"}, {"replay", "3", "--from", "a"}, {"replay", "--dead"}};
  std::int64_t finished = 0;
  for (auto words : orders) {
    words.insert(words.end(), {"--config", ini});
    CHECK(in.millrace(words).code == 0);
    wait_until(
        fmt::format("(select count(*) from events where type = 'finalized') = {}", ++finished));
  }
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE_METHOD(fleet, "dead jobs that die again while they are sent back are sent back once") {
  const auto ini = configure("[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = fail:BROKEN\n");
  constexpr int jobs = 3000;
  submit("p", "a", jobs);
  const auto first = start(1);
  const auto second = start(2);
  wait_until(fmt::format("(select count(*) from jobs where state = 'deadletter') = {}", jobs));
  const auto replayed = in.millrace({"replay", "--dead", "--code", "BROKEN", "--config", ini});
  CHECK(replayed.code == 0);
  CHECK(replayed.out == fmt::format("sent back: {}\n", jobs));
  wait_until(fmt::format("(select count(*) from jobs where state = 'deadletter') = {}", jobs));
  CHECK(ask("select count(*) from (select job_id from events where code = 'REPLAYED'"
            " group by job_id having count(*) = 1) x") == jobs);
  CHECK(ask("select count(*) from events where type = 'error'") == 2 * jobs);
  for (const auto* one : {&first, &second}) {
    one->signal(SIGTERM);
    CHECK(one->wait().code == 0);
  }
}

TEST_CASE_METHOD(fleet, "a password is not shown") {
  const auto shown = in.millrace(
      {"config", "--storage.url", "postgresql://ann:swordfish@127.0.0.1/x?sslpassword=hidden"});
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Catch::Contains("postgresql://ann:...@127.0.0.1/x"));
  CHECK_THAT(shown.out, !Catch::Contains("swordfish") && !Catch::Contains("hidden"));
}

}  // namespace
