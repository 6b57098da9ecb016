#include "storage/db/database.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

// How a runtime starts, stops and treats handlers that hang: the real process, with real signals.
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::sleeping;
using millrace::tests::wait_until;

namespace {

void wait_until_working(const sandbox& in, std::int64_t id) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (job_document(in, id)["state"] != "working")
    REQUIRE(std::chrono::steady_clock::now() < deadline);
}

/// The database of a sandbox, locked for as long as it lives.
struct held_database {
  millrace::storage::connection on;
  millrace::storage::transaction held{on};

  explicit held_database(const sandbox& in) : on{{.url = "sqlite:" + path(in)}} {}
  static std::string path(const sandbox& in) {
    return (in.folder() / ".local/share/millrace/millrace.db").string();
  }
};

/// The runtime has the job in a handler, and would be charged for its death. (In the database it
/// works a moment before, and after the death of the last one as well.)
void wait_until_in_hand(const sandbox& in, const running& runtime, std::int64_t id) {
  runtime.wait_for_error("RUNTIME_READY");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  const auto data_dir = in.folder() / ".local/share/millrace";
  const auto is_in_hand = [&] {
    const auto jobs = millrace::storage::crash_journal{data_dir}.running_before().value();
    return std::find(jobs.begin(), jobs.end(), id) != jobs.end();
  };
  while (!is_in_hand())
    REQUIRE(std::chrono::steady_clock::now() < deadline);
}

}  // namespace

TEST_CASE("a second runtime on the same data is refused and told the pid of the first") {
  const sandbox in;
  const auto first = in.start({"run"});
  first.wait_for_error("RUNTIME_READY");
  const auto second = in.millrace({"run"});
  CHECK(second.code == 3);
  CHECK_THAT(second.err, Catch::Contains("pid"));
  first.signal(SIGTERM);
  CHECK(first.wait().code == 0);
}

TEST_CASE("a second runtime on the same SQLite database is refused, whatever name leads to it") {
  const sandbox in;
  const auto first = in.start({"run"});
  first.wait_for_error("RUNTIME_READY");
  const auto data_dir = in.folder() / ".local/share/millrace";
  const auto database = data_dir / "millrace.db";
  REQUIRE(std::filesystem::exists(database));
  std::filesystem::create_symlink(database, in.folder() / "alias.db");
  for (const auto& path : {database, in.folder() / "alias.db"}) {
    const auto second = in.millrace({"run", "--runtime.data_dir", (in.folder() / "other").string(),
                                     "--storage.url", "sqlite:" + path.string()});
    INFO(second.err);
    CHECK(second.code == 3);
    CHECK_THAT(second.err, Catch::Contains(fmt::format("pid {}", first.pid())) &&
                               Catch::Contains(data_dir.string()));
  }
  first.signal(SIGTERM);
  CHECK(first.wait().code == 0);
}

TEST_CASE("a handler that hangs is timed out, again and again, and the job ends with TIMEOUT") {
  const sandbox in;
  const auto ini = sleeping(in, "1h", "timeout = 200ms\nmax_attempts = 2\nbackoff_base = 1ms\n");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  CHECK(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  CHECK(job_document(in, 1)["state"] == "deadletter");
  CHECK(job_document(in, 1)["code"] == "TIMEOUT");
  CHECK(job_document(in, 1)["attempt"] == 2);
}

TEST_CASE("SIGTERM lets what is in a handler end, and gives the rest back") {
  const sandbox in;
  const auto ini = sleeping(in, "300ms", "concurrency = 1\n");
  for (int i = 0; i < 5; ++i)
    REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--config", ini, "--log.level", "debug"});
  runtime.wait_for_error("BATCH_HANDLED");
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
  const auto states = in.shell("millrace jobs --pipeline p | cut -f 4 | sort -u").out;
  CHECK(states == "done\nqueued\n");
}

TEST_CASE("work may take its grace, and longer than a database may be away") {
  const sandbox in;
  const auto ini = sleeping(in, "4s");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--config", ini});
  wait_until_working(in, 1);
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
  CHECK(job_document(in, 1)["state"] == "done");
}

TEST_CASE("what does not end within the grace is given back uncharged") {
  const sandbox in;
  const auto ini = sleeping(in, "1h");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--config", ini, "--runtime.shutdown_grace", "50ms"});
  wait_until_working(in, 1);
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
  CHECK(job_document(in, 1)["state"] == "queued");
  CHECK(job_document(in, 1)["attempt"] == 0);
  CHECK(job_document(in, 1)["crashes"] == 0);
}

TEST_CASE("a second signal gives back at once") {
  const sandbox in;
  const auto ini = sleeping(in, "1h");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--config", ini, "--runtime.shutdown_grace", "1h"});
  wait_until_working(in, 1);
  runtime.signal(SIGTERM);
  runtime.wait_for_error("RUNTIME_DRAINING");
  runtime.signal(SIGINT);
  CHECK(runtime.wait().code == 0);
  CHECK(job_document(in, 1)["state"] == "queued");
}

TEST_CASE("a runtime that nohup started does not end on SIGHUP") {
  const sandbox in;
  const auto runtime = in.start_in_shell("trap '' HUP; exec millrace run");
  runtime.wait_for_error("RUNTIME_READY");
  runtime.signal(SIGHUP);
  runtime.signal(SIGTERM);
  const auto ended = runtime.wait();
  CHECK(ended.code == 0);
  CHECK_THAT(ended.err, !Catch::Contains("SIGHUP"));
}

TEST_CASE("a runtime ends within five seconds while another process locks the database") {
  const sandbox idle;
  const sandbox busy;
  const auto ini = sleeping(busy, "1h");
  REQUIRE(busy.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const std::vector<running> both{idle.start({"run"}), busy.start({"run", "--config", ini})};
  both[0].wait_for_error("RUNTIME_READY");
  wait_until_working(busy, 1);
  std::vector<std::unique_ptr<held_database>> locks;
  for (const auto* in : {&idle, &busy})
    locks.push_back(std::make_unique<held_database>(*in));
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& one : both)
    one.signal(SIGTERM);
  CHECK(both[0].wait().code == 0);
  const auto ended = both[1].wait();
  CHECK(ended.code == 0);
  CHECK_THAT(ended.err, Catch::Contains("JOBS_NOT_RELEASED"));
  // Not the half minute that it took to give up.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{15});
  locks.clear();
  const auto next = busy.start({"run", "--config", ini});
  next.wait_for_error("JOBS_RESCUED");
  // The process ended in order: the job is not to blame.
  CHECK(job_document(busy, 1)["crashes"] == 0);
}

TEST_CASE(
    "a database that is deleted under a runtime is missed, and what takes its place is used") {
  const sandbox in;
  const auto ini = sleeping(in, "1ms");
  const auto runtime = in.start({"run", "--config", ini, "--runtime.heartbeat", "100ms"});
  runtime.wait_for_error("RUNTIME_READY");
  for (const auto* ending : {"", "-wal", "-shm"})
    std::filesystem::remove(held_database::path(in) + ending);
  // The command makes another one, if nothing has done so before.
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  runtime.wait_for_error("COMMITS_LOST");
  wait_until([&] { return job_document(in, 1)["state"] == "done"; });
  stop(runtime);
}

TEST_CASE("signals that come while it ends do not spoil the end") {
  const sandbox in;
  const auto runtime = in.start({"run"});
  runtime.wait_for_error("RUNTIME_READY");
  while (!runtime.has_ended())
    runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("a run that the database stopped says why, and exits as every command does") {
  const sandbox in;
  const auto done = in.millrace({"run", "--storage.url", "postgresql://millrace@127.0.0.1:1/none",
                                 "--runtime.init_timeout", "200ms"});
  CHECK(done.code == 3);
  CHECK_THAT(done.err, Catch::Contains("millrace: cannot open the database: "));
}

TEST_CASE("what ended long ago is deleted while a runtime runs") {
  const sandbox in;
  const auto ini = sleeping(in, "1ms");
  for (int i = 0; i < 3; ++i)
    REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  CHECK(job_document(in, 1)["state"] == "done");
  const auto runtime = in.start({"run", "--config", ini, "--retention.finished", "1ms",
                                 "--retention.events", "1ms", "--retention.interval", "10ms"});
  runtime.wait_for_error("OLD_DELETED");
  runtime.signal(SIGTERM);
  const auto done = runtime.wait();
  CHECK(done.code == 0);
  CHECK_THAT(done.err, Catch::Contains("jobs=3") && Catch::Contains("events=9"));
  CHECK(in.millrace({"jobs", "--config", ini}).out.empty());
}

TEST_CASE("a working job that is cancelled is told, and ends cancelled") {
  const sandbox in;
  const auto ini = sleeping(in, "1h");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--until-idle", "--config", ini});
  wait_until_working(in, 1);
  REQUIRE(in.millrace({"cancel", "1", "--config", ini}).code == 0);
  CHECK(runtime.wait().code == 0);
  CHECK(job_document(in, 1)["state"] == "cancelled");
}

TEST_CASE("a job that kills the runtime three times is poison, and the others go on") {
  const sandbox in;
  const auto ini = sleeping(in, "1h", "concurrency = 1\n");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  for (int i = 0; i < 3; ++i) {
    const auto runtime = in.start({"run", "--config", ini});
    wait_until_in_hand(in, runtime, 1);
    runtime.signal(SIGKILL);
    runtime.wait();
  }
  const auto good = in.write("a.md", "# A\n\nText.\n");
  REQUIRE(in.millrace({"submit", good, "--config", ini}).code == 0);
  CHECK(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  CHECK(job_document(in, 1)["state"] == "deadletter");
  CHECK(job_document(in, 1)["code"] == "POISON");
  CHECK(job_document(in, 2)["state"] == "done");
}
