#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

using millrace::tests::sandbox;
using nlohmann::json;

namespace {

/// Three ingest jobs; the second one is cancelled.
void fill(const sandbox& in) {
  for (const auto* name : {"a.md", "b.md", "c.md"})
    REQUIRE(in.millrace({"submit", in.write(name, name)}).code == 0);
  REQUIRE(in.millrace({"cancel", "2"}).code == 0);
}

std::string database(const sandbox& in) {
  return (in.folder() / ".local/share/millrace/millrace.db").string();
}

void execute(const sandbox& in, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(database(in).c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("without a database, commands that read end with 3 and say what to do") {
  const sandbox in;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"jobs"},
                                                {"job", "1"},
                                                {"events"},
                                                {"search", "x"},
                                                {"cancel", "1"},
                                                {"replay", "1", "--from", "queued"},
                                                {"pause", "parsing"}}) {
    const auto done = in.millrace(words);
    CHECK(done.code == 3);
    CHECK_THAT(done.err, Catch::Contains("does not exist") && Catch::Contains("millrace submit"));
    CHECK_FALSE(std::filesystem::exists(database(in)));
  }
}

TEST_CASE("a file that is no database ends with 3") {
  const sandbox in;
  const auto file = in.write("x.db", std::string(5000, 'x'));
  const auto done = in.millrace({"jobs", "--storage.url", "sqlite:" + file});
  CHECK(done.code == 3);
  CHECK_THAT(done.err, Catch::Contains("not a database") && Catch::Contains("next:"));
}

TEST_CASE("jobs lists the newest first, and filters") {
  const sandbox in;
  fill(in);
  const auto ids = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "jobs");
    words.emplace_back("--json");
    std::vector<int> all;
    for (const auto& one : json::parse(in.millrace(words).out))
      all.push_back(one["job_id"]);
    return all;
  };
  CHECK(ids({}) == std::vector<int>{3, 2, 1});
  CHECK(ids({"--limit", "2"}) == std::vector<int>{3, 2});
  CHECK(ids({"--state", "cancelled"}) == std::vector<int>{2});
  CHECK(ids({"--stage", "parsing"}).empty());
  CHECK(ids({"--pipeline", "other"}).empty());
  const auto plain = in.millrace({"jobs"}).out;
  CHECK_THAT(plain, Catch::StartsWith("3\tingest\tqueued\tqueued\t20"));
  CHECK(std::count(plain.begin(), plain.end(), '\n') == 3);
  CHECK(in.shell("millrace jobs | head -1").out.starts_with("3\t"));
  const auto table = in.millrace_on_terminal({"jobs"});
  CHECK_THAT(table, Catch::StartsWith("JOB  PIPELINE  STAGE"));
  CHECK(table.find('\n') <= 81);
}

TEST_CASE("jobs refuses a state that does not exist, and no jobs at all") {
  const sandbox in;
  const auto done = in.millrace({"jobs", "--state", "deadleter"});
  CHECK(done.code == 2);
  CHECK_THAT(done.err, Catch::Contains("did you mean `deadletter`?"));
  CHECK(in.millrace({"jobs", "--limit", "0"}).code == 2);
}

TEST_CASE("job shows a job with its history, or ends with 1") {
  const sandbox in;
  fill(in);
  const auto shown = json::parse(in.millrace({"job", "2", "--json"}).out);
  CHECK(shown["state"] == "cancelled");
  CHECK(shown["code"] == "CANCELLED");
  REQUIRE_FALSE(shown["events"].empty());
  CHECK(shown["events"].back()["correlation_id"] == shown["correlation_id"]);
  CHECK_THAT(in.millrace({"job", "2"}).out, Catch::Contains("state\tcancelled\n"));
  const auto unknown = in.millrace({"job", "99"});
  CHECK(unknown.code == 1);
  CHECK_THAT(unknown.err, Catch::Contains("job 99"));
  CHECK(in.millrace({"job", "x"}).code == 2);
  CHECK(in.millrace({"job", "0"}).code == 2);
}

TEST_CASE("a payload that is nested very deep is shown") {
  const sandbox in;
  fill(in);
  const auto deep = std::string(300'000, '[') + std::string(300'000, ']');
  execute(in, ("update job_details set payload = '" + deep + "'").c_str());
  CHECK_THAT(in.millrace({"job", "2"}).out, Catch::Contains(deep));
  CHECK_THAT(in.millrace({"job", "2", "--json"}).out, Catch::Contains(deep));
  CHECK_THAT(in.millrace({"jobs"}).out, Catch::Contains(deep));
  CHECK(json::parse(in.millrace({"jobs", "--json"}).out).size() == 3);
}

TEST_CASE("events shows what happened, and can go on after an event") {
  const sandbox in;
  fill(in);
  const auto all = json::parse(in.millrace({"events", "--json"}).out);
  REQUIRE_FALSE(all.empty());
  CHECK(all.back()["job_id"] == 2);
  CHECK(all.back()["type"] == "finalized");
  const auto last = std::to_string(all.back()["event_id"].get<int>());
  CHECK(json::parse(in.millrace({"events", "--after", last, "--json"}).out).empty());
  CHECK(json::parse(in.millrace({"events", "--limit", "1", "--json"}).out).size() == 1);
  CHECK(json::parse(in.millrace({"events", "--job", "99", "--json"}).out).empty());
  const auto coded = json::parse(in.millrace({"events", "--code", "CANCELLED", "--json"}).out);
  REQUIRE(coded.size() == 1);
  CHECK(coded[0]["job_id"] == 2);
  CHECK(json::parse(in.millrace({"events", "--code", "TIMEOUT", "--json"}).out).empty());
}

TEST_CASE("events --follow shows events as they happen, one JSON document a line") {
  const sandbox in;
  fill(in);
  const auto following = in.start({"events", "--follow", "--job", "3", "--json"});
  CHECK(in.millrace({"cancel", "3"}).code == 0);
  following.wait_for_output("CANCELLED");
  following.signal(SIGINT);
  const auto done = following.wait();
  CHECK(done.code == 130);
  const auto line = done.out.substr(0, done.out.find('\n'));
  CHECK(json::parse(line)["job_id"] == 3);
}

TEST_CASE("a job that ended can be sent back to a stage, one that did not cannot") {
  const sandbox in;
  fill(in);
  CHECK(in.millrace({"replay", "2", "--from", "queued"}).code == 0);
  CHECK(json::parse(in.millrace({"job", "2", "--json"}).out)["state"] == "queued");
  CHECK(in.millrace({"replay", "1", "--from", "queued"}).code == 1);
  CHECK(in.millrace({"replay", "99", "--from", "queued"}).code == 1);
  CHECK(in.millrace({"replay", "1"}).code == 2);
  REQUIRE(in.millrace({"cancel", "2"}).code == 0);
  CHECK(in.millrace({"replay", "2", "--from", "nowhere"}).code == 1);
  CHECK(in.millrace({"cancel", "2"}).code == 1);
}

TEST_CASE("a stage can be paused and resumed, one that does not exist cannot") {
  const sandbox in;
  fill(in);
  CHECK(in.millrace({"pause", "parsing"}).code == 0);
  CHECK(in.millrace({"resume", "parsing"}).code == 0);
  const auto unknown = in.millrace({"pause", "pasring"});
  CHECK(unknown.code == 2);
  CHECK_THAT(unknown.err, Catch::Contains("did you mean `parsing`?"));
  CHECK(in.millrace({"pause", "parsing", "--pipeline", "ingets"}).code == 2);
}

TEST_CASE("migrate makes the database, and --check says whether there is something to do") {
  const sandbox in;
  CHECK(in.millrace({"migrate", "--check"}).code == 1);
  CHECK_FALSE(std::filesystem::exists(database(in)));
  CHECK(in.millrace({"migrate"}).code == 0);
  CHECK(in.millrace({"migrate"}).code == 0);
  const auto checked = in.millrace({"migrate", "--check"});
  CHECK(checked.code == 0);
  CHECK_THAT(checked.out, Catch::StartsWith("schema "));
}

TEST_CASE("a database that is newer than the binary is refused") {
  const sandbox in;
  REQUIRE(in.millrace({"migrate"}).code == 0);
  execute(in,
          "insert into schema_migrations (version, name, works_with, applied_at) values (9999, "
          "'x', 9999, 0)");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"migrate"}, {"migrate", "--check"}, {"jobs"}, {"run"}}) {
    const auto done = in.millrace(words);
    CHECK(done.code == 3);
    CHECK_THAT(done.err, Catch::Contains("next:"));
  }
}

TEST_CASE("a newer schema that this binary may use leaves nothing to do") {
  const sandbox in;
  REQUIRE(in.millrace({"migrate"}).code == 0);
  execute(in,
          "insert into schema_migrations (version, name, works_with, applied_at) values (9999, "
          "'x', 1, 0)");
  CHECK(in.millrace({"migrate", "--check"}).code == 0);
}

TEST_CASE("search refuses an empty question, and finds nothing where nothing is") {
  const sandbox in;
  REQUIRE(in.millrace({"migrate"}).code == 0);
  CHECK(in.millrace({"search", " "}).code == 2);
  CHECK(in.millrace({"search", "x", "-k", "0"}).code == 2);
  const auto none = in.millrace({"search", "x", "--json"});
  CHECK(none.code == 0);
  CHECK(json::parse(none.out).empty());
}
