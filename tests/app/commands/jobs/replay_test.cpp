#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using millrace::tests::sandbox;
using nlohmann::json;

namespace {

/// The database of a sandbox, with jobs as a test wants them.
struct jobs_at_hand {
  sandbox in;
  sqlite3* db = nullptr;

  jobs_at_hand() {
    REQUIRE(in.millrace({"migrate"}).code == 0);
    const auto file = (in.folder() / ".local/share/millrace/millrace.db").string();
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    sqlite3_busy_timeout(db, 60'000);
  }
  ~jobs_at_hand() { sqlite3_close(db); }
  jobs_at_hand(const jobs_at_hand&) = delete;
  jobs_at_hand& operator=(const jobs_at_hand&) = delete;

  void execute(const std::string& sql) {
    REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  void add(int count, const std::string& state, const std::string& stage,
           const std::string& run_at = "1") {
    execute(fmt::format(
        "insert into jobs (pipeline, stage, state, run_at, attempt, created_at, updated_at)"
        " with recursive n (i) as (select 1 union all select i + 1 from n where i < {})"
        " select 'ingest', '{}', '{}', {}, 2, 1, 1 from n",
        count, stage, state, run_at));
  }

  std::int64_t count(const std::string& condition) {
    const auto sql = "select count(*) from jobs where " + condition;
    sqlite3_stmt* query = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &query, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(query) == SQLITE_ROW);
    const auto found = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return found;
  }
};

/// In the year 2200.
constexpr auto far = "7258118400000000";

}  // namespace

TEST_CASE_METHOD(jobs_at_hand, "retry runs a job that waits, and sends back one that is dead") {
  add(1, "retryable", "parsing", far);
  add(1, "deadletter", "parsing");
  const auto waits = in.millrace({"retry", "1"});
  CHECK(waits.code == 0);
  CHECK(waits.out == "job 1 is retryable at parsing\n");
  CHECK(count("job_id = 1 and run_at < 7258118400000000 and attempt = 2") == 1);
  const auto dead = in.millrace({"retry", "2"});
  CHECK(dead.code == 0);
  CHECK(dead.out == "job 2 is queued at parsing\n");
  CHECK(count("job_id = 2 and attempt = 0") == 1);
  const auto event = json::parse(in.millrace({"job", "2", "--json"}).out)["events"].back();
  CHECK(event["type"] == "control");
  CHECK_THAT(event["message"].get<std::string>(), Catch::StartsWith("from parsing by "));
}

TEST_CASE_METHOD(jobs_at_hand, "retry refuses what it cannot do, and says why") {
  add(1, "done", "embedded");
  add(1, "queued", "parsing");
  const auto done = in.millrace({"retry", "1"});
  CHECK(done.code == 1);
  CHECK_THAT(done.err, Catch::Contains("a job that is done cannot be retried"));
  const auto due = in.millrace({"retry", "2"});
  CHECK(due.code == 1);
  CHECK_THAT(due.err, Catch::Contains("its time has come already"));
  CHECK(in.millrace({"retry", "99"}).code == 1);
  CHECK(in.millrace({"retry", "x"}).code == 2);
  CHECK(in.millrace({"retry"}).code == 2);
}

TEST_CASE_METHOD(jobs_at_hand,
                 "replay takes one job or the dead ones, and options of neither both") {
  add(1, "deadletter", "parsing");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"replay"},
                                                {"replay", "1"},
                                                {"replay", "1", "--dead"},
                                                {"replay", "1", "--from", "queued", "--code", "X"},
                                                {"replay", "1", "--from", "queued", "--dry-run"},
                                                {"replay", "--from", "queued"},
                                                {"replay", "--code", "X"},
                                                {"replay", "--done"},
                                                {"replay", "--done", "--dead"},
                                                {"replay", "--cancelled", "--code", "X"},
                                                {"replay", "1", "--done", "--from", "queued"},
                                                {"replay", "--dead", "--limit", "0"},
                                                {"replay", "--dead", "--from", "pasring"}}) {
    INFO(json(words).dump());
    const auto done = in.millrace(words);
    CHECK(done.code == 2);
    CHECK_THAT(done.err, Catch::Contains("next:"));
  }
  CHECK_THAT(in.millrace({"replay", "--dead", "--from", "pasring"}).err,
             Catch::Contains("did you mean `parsing`?"));
  CHECK(count("state = 'deadletter'") == 1);
}

TEST_CASE_METHOD(jobs_at_hand, "replay --dead sends those back that match, and --dry-run none") {
  add(700, "deadletter", "parsing");
  add(30, "deadletter", "chunking");
  add(5, "done", "embedded");
  execute(
      "insert into job_details (job_id, code, message, at)"
      " select job_id, 'TIMEOUT', 'slow', 1 from jobs where stage = 'parsing'");
  const auto dry = in.millrace({"replay", "--dead", "--dry-run"});
  CHECK(dry.code == 0);
  CHECK(dry.out == "ingest\tchunking\t\t30\ningest\tparsing\tTIMEOUT\t700\n");
  CHECK(count("state = 'deadletter'") == 730);
  CHECK(in.millrace({"replay", "--dead", "--stage", "parsing", "--limit", "10"}).out ==
        "sent back: 10\n");
  CHECK(count("stage = 'parsing' and state = 'queued' and job_id <= 10") == 10);
  CHECK(in.millrace({"replay", "--dead", "--code", "TIMEOUT", "--from", "queued"}).out ==
        "sent back: 690\n");
  CHECK(count("stage = 'queued' and state = 'queued'") == 690);
  CHECK(in.millrace({"replay", "--dead", "--pipeline", "other"}).out == "no dead job matches\n");
  const auto rest = in.millrace({"replay", "--dead"});
  CHECK(rest.code == 0);
  CHECK(rest.out == "sent back: 30\n");
  CHECK(count("state = 'deadletter'") == 0);
  CHECK(count("state = 'done'") == 5);
}

TEST_CASE_METHOD(jobs_at_hand, "replay --done and --cancelled send those back") {
  add(3, "done", "embedded");
  add(2, "cancelled", "parsing");
  CHECK(in.millrace({"replay", "--done", "--dry-run"}).out == "ingest\tembedded\t\t3\n");
  CHECK(in.millrace({"replay", "--done", "--from", "chunked", "--limit", "2"}).out ==
        "sent back: 2\n");
  CHECK(count("stage = 'chunked' and state = 'queued'") == 2);
  CHECK(in.millrace({"replay", "--cancelled"}).out == "sent back: 2\n");
  CHECK(count("stage = 'parsing' and state = 'queued'") == 2);
}

TEST_CASE_METHOD(jobs_at_hand, "replay --dead says which pipelines have no such stage") {
  add(2, "deadletter", "parsing");
  execute(
      "insert into jobs (pipeline, stage, state, run_at, created_at, updated_at)"
      " values ('other', 'far', 'deadletter', 1, 1, 1)");
  const auto done = in.millrace({"replay", "--dead", "--from", "queued"});
  CHECK(done.code == 1);
  CHECK(done.out ==
        "sent back: 2\nnot sent back: 1, this configuration does not know the pipeline other\n");
}

TEST_CASE_METHOD(jobs_at_hand, "replay --dead asks on a terminal, unless it is told not to") {
  add(3, "deadletter", "parsing");
  const auto answer = [&](const std::string& text, const std::string& more) {
    return in.shell(fmt::format(
        "printf '{}\\n' | script -qefc 'millrace replay --dead {}' /dev/null", text, more));
  };
  const auto no = answer("n", "");
  CHECK(no.code == 1);
  CHECK_THAT(no.out, Catch::Contains("send 3 dead jobs back to where each ended? [y/N] ") &&
                         Catch::Contains("nothing was sent back"));
  CHECK(answer("", "").code == 1);
  CHECK(count("state = 'deadletter'") == 3);
  const auto yes = answer("y", "--limit 1 --from queued");
  CHECK(yes.code == 0);
  CHECK_THAT(yes.out, Catch::Contains("send 1 dead job back to queued?"));
  CHECK(count("state = 'deadletter'") == 2);
  const auto unasked = answer("n", "--yes");
  CHECK(unasked.code == 0);
  CHECK_THAT(unasked.out, !Catch::Contains("[y/N]") && Catch::Contains("sent back: 2"));
}

TEST_CASE_METHOD(jobs_at_hand, "replay --dead that is interrupted keeps what it did") {
  constexpr int all = 40'000;
  add(all, "deadletter", "parsing");
  const auto first = in.start({"replay", "--dead"});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (count("state = 'queued'") == 0)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  first.signal(SIGINT);
  const auto stopped = first.wait();
  CHECK(stopped.code == 130);
  const auto done = count("state = 'queued'");
  CHECK(done < all);
  CHECK(stopped.out == fmt::format("sent back: {}\n", done));
  CHECK_THAT(stopped.err, Catch::Contains(fmt::format("{} jobs are left", all - done)));
  CHECK(in.millrace({"replay", "--dead"}).out == fmt::format("sent back: {}\n", all - done));
  CHECK(count("state = 'queued' and epoch = 1") == all);
}
