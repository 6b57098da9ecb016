#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What a runtime deletes and archives: the real process.
namespace {

using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::source_path;
using millrace::tests::wait_until;
using nlohmann::ordered_json;

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

struct archiving {
  sandbox in;
  std::string folder = (in.folder() / "archive").string();

  /// The example of docs/retention.md in that language, with a folder of the test's.
  std::string example(const std::string& language) const {
    std::ifstream page{source_path("docs/retention.md")};
    const std::string text{std::istreambuf_iterator<char>{page}, {}};
    const auto fence = "```" + language + "\n";
    const auto begin = text.find(fence) + fence.size();
    return replaced(text.substr(begin, text.find("```", begin) - begin),
                    "/var/lib/millrace/archive", folder);
  }

  std::string configure() const {
    return in.write("m.ini",
                    example("ini") + "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = noop\n");
  }

  /// What ended a moment ago is old.
  running start(const std::string& config) const {
    return in.start({"run", "--config", config, "--retention.finished", "1ms",
                     "--retention.interval", "10ms", "--runtime.health_interval", "10ms"});
  }

  void submit(const std::string& config, const std::string& pipeline, int count) const {
    std::string lines;
    for (int i = 0; i < count; ++i)
      lines += R"({"payload": {"name": "ä"}})"
               "\n";
    const auto done = in.millrace({"submit", "--config", config, "--pipeline", pipeline, "--batch",
                                   in.write("lines-" + pipeline, lines)});
    REQUIRE(done.code == 0);
  }

  std::int64_t jobs(const std::string& config) const {
    return static_cast<std::int64_t>(
        ordered_json::parse(
            in.millrace({"jobs", "--limit", "100000", "--json", "--config", config}).out)
            .size());
  }

  std::vector<ordered_json> archived() const {
    std::vector<ordered_json> all;
    for (const auto& file : std::filesystem::directory_iterator{folder}) {
      std::ifstream lines{file.path()};
      for (std::string line; std::getline(lines, line);)
        all.push_back(ordered_json::parse(line));
    }
    return all;
  }
};

TEST_CASE("what docs/retention.md shows is so: an archive, and a pipeline that keeps its jobs") {
  const archiving a;
  const auto config = a.configure();
  a.submit(config, "invoices", 1);
  a.submit(config, "p", 3);
  REQUIRE(a.in.millrace({"run", "--until-idle", "--config", config}).code == 0);
  const auto shown =
      ordered_json::parse(a.in.millrace({"job", "2", "--json", "--config", config}).out);
  REQUIRE(shown["events"].size() == 3);
  const auto runtime = a.start(config);
  runtime.wait_for_error("OLD_DELETED jobs=3");
  millrace::tests::stop(runtime);
  CHECK(a.jobs(config) == 1);
  CHECK(a.in.millrace({"job", "1", "--config", config}).code == 0);
  CHECK(a.archived().size() == 3);
  CHECK(ordered_json::parse(a.in.shell(a.example("sh")).out) == shown);
  REQUIRE(a.in.shell("gzip " + a.folder + "/*").code == 0);
  CHECK(ordered_json::parse(a.in.shell(a.example("sh")).out) == shown);
  CHECK_THAT(a.in.millrace({"config", "--config", config}).out,
             Catch::Contains("pipeline.invoices.retention_finished") && Catch::Contains("365d"));
}

TEST_CASE("a runtime that cannot archive says so, deletes nothing, and goes on when it can") {
  const archiving a;
  const auto config = a.configure();
  a.in.write("archive", "no folder");
  a.submit(config, "p", 3);
  const auto runtime = a.start(config);
  runtime.wait_for_error("RETENTION_STOPPED");
  const auto health = [&] { return a.in.millrace({"health", "--config", config}); };
  wait_until([&] { return health().out.find("old jobs are not deleted") != std::string::npos; });
  CHECK(health().code == 1);
  CHECK_THAT(health().out, Catch::Contains("degraded") && Catch::Contains(a.folder));
  CHECK(a.jobs(config) == 3);
  std::filesystem::remove(a.folder);
  runtime.wait_for_error("RETENTION_RESUMED");
  wait_until([&] { return a.jobs(config) == 0; });
  wait_until([&] { return health().code == 0; });
  millrace::tests::stop(runtime);
  CHECK(a.archived().size() == 3);
}

TEST_CASE("a runtime that is killed while it archives loses no job") {
  const archiving a;
  const auto config = a.configure();
  constexpr int many = 2000;
  a.submit(config, "p", many);
  REQUIRE(a.in.millrace({"run", "--until-idle", "--config", config}).code == 0);
  for (std::size_t least = 200; least < many; least += 600) {
    const auto runtime = a.start(config);
    wait_until([&] {
      return std::filesystem::exists(a.folder) &&
             std::stoull("0" + a.in.shell("cat " + a.folder + "/* | wc -l").out) >= least;
    });
    runtime.signal(SIGKILL);
    runtime.wait();
  }
  const auto runtime = a.start(config);
  wait_until([&] { return a.jobs(config) == 0; });
  millrace::tests::stop(runtime);
  std::set<std::int64_t> ids;
  for (const auto& line : a.archived()) {
    CHECK(line["state"] == "done");
    ids.insert(line["job_id"].get<std::int64_t>());
  }
  CHECK(ids.size() == many);
}

}  // namespace
