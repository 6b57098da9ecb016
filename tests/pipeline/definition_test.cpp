#include "pipeline/definition.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;

definition plain() {
  return {"p", {{.name = "a", .handler = "noop"}, {.name = "b", .handler = "noop"}}};
}

TEST_CASE("a catalog finds pipelines and stages by name") {
  const catalog all{{plain()}};
  CHECK(all.find("p") == 0);
  CHECK_FALSE(all.find("q"));
  CHECK(all.at(0).find_stage("b") == 1);
  CHECK_FALSE(all.at(0).find_stage("c"));
}

TEST_CASE("a catalog refuses what cannot work, and says why") {
  auto wrong = plain();
  std::string why;
  SECTION("no stage") {
    wrong.stages.clear();
    why = "at least one stage";
  }
  SECTION("no handler") {
    wrong.stages[1].handler.clear();
    why = "no handler";
  }
  SECTION("a stage twice") {
    wrong.stages[1].name = "a";
    why = "stands twice";
  }
  SECTION("a name with a space") {
    wrong.stages[1].name = "a b";
    why = "lower-case letters";
  }
  SECTION("no attempt") {
    wrong.stages[0].max_attempts = 0;
    why = "max_attempts";
  }
  SECTION("a base above the cap") {
    wrong.stages[0].backoff = {2h, 1h};
    why = "backoff_cap";
  }
  SECTION("no time") {
    wrong.stages[0].timeout = 0s;
    why = "timeout";
  }
  SECTION("negative concurrency") {
    wrong.stages[0].concurrency = -1;
    why = "negative";
  }
  SECTION("a negative retention") {
    wrong.retention_dead = -1h;
    why = "retention_dead";
  }
  CHECK_THROWS_WITH(catalog{{wrong}}, Catch::Contains(why));
}

TEST_CASE("a catalog refuses a pipeline of the same name") {
  CHECK_THROWS_WITH((catalog{{plain(), plain()}}), Catch::Contains("stands twice"));
}

}  // namespace
