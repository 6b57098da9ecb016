#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

using namespace millrace;
using namespace millrace::tests;
using nlohmann::json;

namespace {

/// A pipeline `p`, files of jobs for it, and the database that they come into.
struct batches {
  sandbox in;
  std::string config;

  explicit batches(const std::string& more = "")
      : config{in.write("m.ini", "[pipeline.p]\nstages = one\n" + more +
                                     "\n[stage.p.one]\nhandler = noop\n")} {}

  std::vector<std::string> words(const std::string& file,
                                 std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"submit", "--config", config, "--pipeline", "p", "--batch", file});
    return more;
  }
  finished submit(const std::string& file, std::vector<std::string> more = {}) const {
    return in.millrace(words(file, std::move(more)));
  }

  /// Payloads 1, 2, ...
  std::string numbers(int count, const std::string& name = "jobs.jsonl") const {
    std::string text;
    for (int i = 1; i <= count; ++i)
      text += fmt::format("{{\"payload\": {}}}\n", i);
    return in.write(name, text);
  }

  /// A number that the database answers; 0 while there is none.
  std::int64_t ask(const std::string& sql) const {
    sqlite3* db = nullptr;
    sqlite3_stmt* query = nullptr;
    std::int64_t found = 0;
    const auto path = (in.folder() / ".local/share/millrace/millrace.db").string();
    if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql.c_str(), -1, &query, nullptr) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW)
      found = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return found;
  }
  std::int64_t jobs() const { return ask("select count(*) from jobs"); }
  std::int64_t payloads() const { return ask("select count(distinct payload) from job_details"); }
};

}  // namespace

TEST_CASE("a batch whose path is too long for a name asks for one") {
  const batches p;
  const std::string folder(200, 'd');
  const auto path = folder + '/' + folder + '/' + folder + '/' + folder + '/' + folder;
  std::filesystem::create_directories(p.in.folder() / path);
  const auto file = p.in.write(path + "/jobs.jsonl", "1\n");
  const auto done = p.submit(file);
  CHECK(done.code == 2);
  CHECK_THAT(done.err, Catch::Contains("--batch-name"));
  CHECK(p.submit(file, {"--batch-name", "short"}).code == 0);
}

TEST_CASE("a batch makes a job of every line, and is in then") {
  const batches b;
  const auto file = b.in.write("jobs.jsonl",
                               "{\"payload\": {\"a\": 1}, \"priority\": 5, \"tags\": [\"x\"]}\n"
                               "\n"
                               "[1, 2]\r\n"
                               "{\"payload\": null, \"unique\": \"k\"}\n"
                               "{\"payload\": 4, \"unique\": \"k\"}");
  const auto done = b.submit(file, {"--tenant", "acme"});
  CHECK(done.err.empty());
  CHECK(done.code == 0);
  CHECK(done.out == "made: 3, jobs 1 to 3\nnot made: 1, other jobs hold their unique keys\n");
  const auto first = json::parse(b.in.millrace({"job", "1", "--json"}).out);
  CHECK(first["payload"]["a"] == 1);
  CHECK(first["priority"] == 5);
  CHECK(first["tenant"] == "acme");
  CHECK(json::parse(b.in.millrace({"job", "2", "--json"}).out)["payload"] == json({1, 2}));
  const auto again = b.submit(file);
  CHECK(again.code == 0);
  CHECK(again.out == "the batch is in already: 3 jobs of 5 lines\n");
  CHECK(b.jobs() == 3);
}

TEST_CASE("the lines in docs/submitting.md are jobs") {
  const batches b;
  std::ifstream page{source_path("docs/submitting.md")};
  const std::string text{std::istreambuf_iterator<char>{page}, {}};
  const std::string_view fence = "```json\n";
  const auto begin = text.find(fence) + fence.size();
  const auto lines = text.substr(begin, text.find("```", begin) - begin);
  CHECK(b.submit(b.in.write("jobs.jsonl", lines)).out == "made: 3, jobs 1 to 3\n");
  CHECK(b.ask("select count(*) from unique_keys where unique_key = 'page-1'") == 1);
}

TEST_CASE("a byte order mark before the first line is no part of it") {
  const batches b;
  const auto r = b.submit(b.in.write("jobs.jsonl", "\xEF\xBB\xBF{\"payload\": 1}\n2\n"));
  CHECK(r.code == 0);
  CHECK(b.ask("select count(*) from job_details where payload in ('1', '2')") == 2);
}

TEST_CASE("a batch that is killed again and again makes each job once") {
  const batches b;
  constexpr int all = 30'000;
  const auto file = b.numbers(all);
  for (std::int64_t least = 1; least < 20'000; least += 6000) {
    const auto running = b.in.start(b.words(file));
    wait_until([&] { return b.jobs() >= least; });
    running.signal(SIGKILL);
    CHECK(running.wait().code == 128 + SIGKILL);
    CHECK(b.jobs() < all);
  }
  const auto rest = b.submit(file, {"--json"});
  CHECK(rest.code == 0);
  const auto said = json::parse(rest.out);
  CHECK(said["lines"] == all);
  CHECK(said["made"] < all);
  CHECK(said["made_in_all"] == all);
  CHECK(b.jobs() == all);
  CHECK(b.payloads() == all);
}

TEST_CASE("a bad line ends a batch with its number, and it goes on there when that is mended") {
  const batches b;
  auto file = b.in.write("jobs.jsonl", "1\n2\n{\"payload\": 3, \"priority\": \"high\"}\n4\n");
  const auto bad = b.submit(file);
  CHECK(bad.code == 1);
  CHECK_THAT(bad.err, Catch::Contains("cannot submit line 3 of " + file) &&
                          Catch::Contains("`priority` must be a whole number") &&
                          Catch::Contains("run the command again"));
  CHECK(b.jobs() == 2);
  CHECK(b.submit(file).code == 1);
  CHECK(b.jobs() == 2);
  b.in.write("jobs.jsonl", "1\n2\n{\"payload\": 3, \"priority\": 7}\n4\n");
  CHECK(b.submit(file).out == "made: 2, jobs 3 to 4\n");
  CHECK(b.payloads() == 4);
}

TEST_CASE("other lines under the name of a batch that was begun are refused") {
  const batches b;
  const auto file = b.numbers(3);
  CHECK(b.submit(file).code == 0);
  b.in.write("jobs.jsonl", "7\n8\n9\n");
  const auto other = b.submit(file);
  CHECK(other.code == 1);
  CHECK_THAT(other.err, Catch::Contains("its first 3 lines, which are in, are not those of") &&
                            Catch::Contains("--batch-name"));
  CHECK(b.submit(file, {"--batch-name", "second"}).out == "made: 3, jobs 4 to 6\n");
  std::ofstream{file, std::ios::app} << "10\n";
  CHECK(b.submit(file, {"--batch-name", "second"}).out == "made: 1, jobs 7 to 7\n");
}

TEST_CASE("a batch comes through a pipe, and under a name it goes on as well") {
  const batches b;
  b.numbers(10);
  const auto run = [&](const std::string& lines, const std::string& more) {
    return b.in.shell(
        fmt::format("cd {} && head -n {} jobs.jsonl | millrace submit --config m.ini "
                    "--pipeline p --batch - {}",
                    b.in.folder().string(), lines, more));
  };
  CHECK(run("4", "--batch-name pipe").out == "made: 4, jobs 1 to 4\n");
  CHECK(run("10", "--batch-name pipe").out == "made: 6, jobs 5 to 10\n");
  CHECK(run("2", "").out == "made: 2, jobs 11 to 12\n");
  CHECK(run("2", "").out == "made: 2, jobs 13 to 14\n");
  CHECK(run("0", "").out == "nothing to submit: there is no line\n");
}

TEST_CASE("a key that another job holds ends a batch that rejects, at its line") {
  const batches b;
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += fmt::format("{{\"payload\": {}, \"unique\": \"{}\"}}\n", i, i % 40);
  const auto file = b.in.write("jobs.jsonl", text);
  const auto held = b.submit(file, {"--on-conflict", "reject"});
  CHECK(held.code == 1);
  CHECK_THAT(held.err, Catch::Contains("cannot submit line 41 of") &&
                           Catch::Contains("job 1, which is queued, holds the unique key '0'"));
  CHECK(b.jobs() == 40);
}

TEST_CASE("a batch beyond the limit of the queue goes on when there is room") {
  const batches b{"queue_limit = 20"};
  const auto file = b.numbers(100);
  const auto full = b.submit(file);
  CHECK(full.code == 1);
  CHECK_THAT(full.err, Catch::Contains("the queue of p is full: 20 of 20"));
  CHECK(b.jobs() == 20);
  const auto runtime = b.in.start({"run", "--config", b.config});
  CHECK(b.submit(file, {"--wait"}).code == 0);
  CHECK(b.jobs() == 100);
  CHECK(b.payloads() == 100);
  stop(runtime);
}

TEST_CASE("a file that is not there, and one that cannot be read, say so") {
  const batches b;
  const auto missing = b.submit("/nowhere/jobs.jsonl");
  CHECK(missing.code == 1);
  CHECK_THAT(missing.err, Catch::Contains("cannot read /nowhere/jobs.jsonl: No such file"));
  CHECK(b.submit(b.in.folder().string()).code == 1);
}
