#include "actors/status/health_rules.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

constexpr health_limits limits{
    .hung_after = 10s, .max_lag = 60s, .min_free_bytes = std::int64_t{100} << 20, .max_dead = 100};

observations fine() {
  observations seen;
  seen.silent_for = {{"store", 1s}, {"poller", 0s}};
  seen.database = {.lag_us = 0, .free_bytes = std::int64_t{200} << 20, .trouble = {}};
  return seen;
}

TEST_CASE("a runtime without trouble is healthy") {
  CHECK(find_reasons(fine(), limits).empty());
  CHECK(judge_health({}).state == health_state::healthy);
}

struct trouble_case {
  std::string name;
  concern about;
  health_state state;
  std::string sentence;
  void (*make)(observations& seen);
};

const std::vector<trouble_case>& trouble_cases() {
  using millrace::pipeline::remote::service_condition;
  static const std::vector<trouble_case> all{
      {"a hung actor", concern::actor, health_state::unhealthy,
       "actor store has not answered for 12.0 s",
       [](auto& seen) { seen.silent_for[0].second = 12s; }},
      {"a database that fails", concern::database, health_state::unhealthy,
       "the database: cannot write: locked",
       [](auto& seen) { seen.database.trouble = "cannot write: locked"; }},
      {"a lock of another session", concern::locks, health_state::degraded,
       "the database: another session holds locks",
       [](auto& seen) { seen.database.held = "another session holds locks"; }},
      {"an old transaction", concern::horizon, health_state::degraded,
       "the database: a transaction has been open for 1h",
       [](auto& seen) { seen.database.horizon = "a transaction has been open for 1h"; }},
      {"a database that does not answer", concern::database, health_state::unhealthy,
       "the database has not answered for 11.0 s",
       [](auto& seen) { seen.database_silent_for = 11s; }},
      {"a full disk", concern::disk, health_state::unhealthy,
       "only 3 MB are free on the disk of the data directory, 100 MB are needed: nothing new is "
       "taken in",
       [](auto& seen) { seen.database.free_bytes = std::int64_t{3} << 20; }},
      {"a lag", concern::lag, health_state::degraded,
       "the oldest job that could run has waited for 90.0 s",
       [](auto& seen) { seen.database.lag_us = 90'000'000; }},
      {"a service that is out", concern::service, health_state::degraded,
       "the service embedder is unhealthy since 1970-01-01T00:00:00.000Z: http://x is away",
       [](auto& seen) {
         seen.services = {{"parser", service_condition::healthy, {}, ""},
                          {"embedder", service_condition::unhealthy, {}, "http://x is away"}};
       }},
      {"a clock that differs from the server's", concern::clock, health_state::degraded,
       "the clock of this machine is 20.0 s ahead",
       [](auto& seen) { seen.database.clock = "the clock of this machine is 20.0 s ahead"; }},
      {"a program that is missing", concern::stage, health_state::degraded,
       "stage p.s is out of order since 1970-01-01T00:00:00.000Z: cannot start x: no such file",
       [](auto& seen) {
         seen.troubles = {{"stage p.s", "cannot start x: no such file", {}}};
       }},
      {"jobs that die one after the other", concern::dead, health_state::degraded,
       "200 jobs died within the last minute, 150 of them at p.s with BAD, since "
       "1970-01-01T00:00:00.000Z: `millrace replay --dead --dry-run` counts them",
       [](auto& seen) {
         seen.deaths = {.count = 200, .stage = "p.s", .code = "BAD", .of_these = 150};
       }},
      {"an archive that cannot be written", concern::retention, health_state::degraded,
       "old jobs are not deleted: cannot archive jobs: /a: no space",
       [](auto& seen) { seen.retention_trouble = "cannot archive jobs: /a: no space"; }}};
  return all;
}

TEST_CASE("each trouble has its concern, its state and its sentence") {
  for (const auto& trouble : trouble_cases()) {
    CAPTURE(trouble.name);
    auto seen = fine();
    trouble.make(seen);
    const auto reasons = find_reasons(seen, limits);
    REQUIRE(reasons.size() == 1);
    CHECK(reasons[0].about == trouble.about);
    CHECK(reasons[0].text == trouble.sentence);
    CHECK(judge_health(reasons).state == trouble.state);
  }
}

TEST_CASE("the worst of several troubles is the state, and all are told") {
  auto seen = fine();
  seen.database.lag_us = 90'000'000;
  seen.silent_for[1].second = 10s;
  const auto answer = judge_health(find_reasons(seen, limits));
  CHECK(answer.state == health_state::unhealthy);
  CHECK(answer.reasons.size() == 2);
}

TEST_CASE("few jobs that die are no trouble, nor are many where any number may") {
  auto seen = fine();
  seen.deaths = {.count = 99, .stage = "p.s", .code = "BAD", .of_these = 99};
  CHECK(find_reasons(seen, limits).empty());
  seen.deaths.count = 1'000'000;
  auto any = limits;
  any.max_dead = 0;
  CHECK(find_reasons(seen, any).empty());
}

TEST_CASE("jobs are admitted while there is room, and while that is unknown") {
  auto seen = fine();
  CHECK(has_room(seen, limits));
  seen.database.free_bytes = 0;
  CHECK_FALSE(has_room(seen, limits));
  seen.database.trouble = "cannot connect";
  CHECK(has_room(seen, limits));
}

}  // namespace
