#include "actors/inspector/protocol/requests.hpp"
#include "tests/support/virtual_runtime.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

/// A runtime that archives what it has done ten seconds before.
struct archiving_runtime : tests::virtual_runtime {
  tests::temp_dir dir;

  archiving_runtime() {
    pipelines = {{"p", {{.name = "a", .handler = "noop"}}}};
    settings.retention = {.finished = 10s, .archive = dir.path() / "kept/archive"};
    settings.retention_interval = 1s;
  }

  std::int64_t jobs_left() {
    long long count = 0;
    database().session() << "select count(*) from jobs", soci::into(count);
    return count;
  }

  std::int64_t archived() const {
    std::int64_t lines = 0;
    for (const auto& file : std::filesystem::directory_iterator{settings.retention.archive}) {
      std::ifstream in{file.path()};
      for (std::string line; std::getline(in, line);)
        ++lines;
    }
    return lines;
  }

  actors::health_view health() { return inspect<actors::health_view>(actors::get_health_view{}); }

  bool has_retention_actor() {
    const auto names = alive();
    return std::find(names.begin(), names.end(), "archivist") != names.end();
  }
};

TEST_CASE("a runtime archives what is old, and deletes it then") {
  archiving_runtime runtime;
  runtime.start();
  runtime.submit(3);
  runtime.pass(9s);
  CHECK(runtime.jobs_left() == 3);
  runtime.pass(10s);
  CHECK(runtime.jobs_left() == 0);
  CHECK(runtime.archived() == 3);
  CHECK(runtime.health().state == "healthy");
}

TEST_CASE(
    "an archive that cannot be written degrades a runtime, deletes nothing and hinders none") {
  archiving_runtime runtime;
  const std::filesystem::path in_the_way = runtime.dir.write("kept", "no folder");
  runtime.start();
  runtime.submit(3);
  runtime.pass(30s);
  CHECK(runtime.jobs_left() == 3);
  auto health = runtime.health();
  CHECK(health.state == "degraded");
  REQUIRE(health.reasons.size() == 1);
  CHECK_THAT(health.reasons[0],
             Catch::StartsWith("old jobs are not deleted: ") && Catch::Contains(in_the_way));
  const auto id = runtime.submit(1).front();
  runtime.pass(1s);
  CHECK(runtime.job(id).state == pipeline::job_state::done);

  std::filesystem::remove(in_the_way);
  runtime.pass(30s);
  CHECK(runtime.jobs_left() == 0);
  CHECK(runtime.archived() == 4);
  CHECK(runtime.health().state == "healthy");
}

TEST_CASE("a retention actor that crashed goes on") {
  archiving_runtime runtime;
  runtime.start();
  runtime.submit(3);
  runtime.pass(5s);
  runtime.crash("archivist");
  runtime.pass(30s);
  CHECK(runtime.has_retention_actor());
  CHECK(runtime.jobs_left() == 0);
  CHECK(runtime.archived() == 3);
}

TEST_CASE(
    "on SQLite there is no retention actor without an archive, or without anything to archive") {
  archiving_runtime runtime;
  SECTION("no archive") {
    runtime.settings.retention.archive.clear();
    runtime.start();
    runtime.submit(3);
    runtime.pass(30s);
    CHECK(runtime.jobs_left() == 0);
  }
  SECTION("all is kept") {
    runtime.settings.retention.finished = 0s;
    runtime.start();
  }
  CHECK_FALSE(runtime.has_retention_actor());
}

TEST_CASE("a pipeline's own times hold in the runtime") {
  archiving_runtime runtime;
  runtime.pipelines.front().retention_finished = 1min;
  const bool archives = GENERATE(true, false);
  if (!archives)
    runtime.settings.retention.archive.clear();
  runtime.start();
  runtime.submit(3);
  runtime.pass(50s);
  CHECK(runtime.jobs_left() == 3);
  runtime.pass(20s);
  CHECK(runtime.jobs_left() == 0);
}

}  // namespace
