#include "actors/status/work_tally.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using millrace::actors::work_tally;
using namespace std::chrono_literals;

constexpr work_tally::instant begin{1000s};

TEST_CASE(
    "jobs that died count for a minute, with where and of what most of them did, and since when") {
  work_tally tally;
  CHECK(tally.lately(begin).count == 0);
  tally.add_dead("p.a", {"BAD"}, begin, time_point{1s});
  tally.add_dead("p.b", {"WORSE", "WORSE"}, begin + 10s, time_point{11s});
  tally.add_dead("p.b", {"WORSE"}, begin + 30s, time_point{31s});
  const auto now = tally.lately(begin + 31s);
  CHECK(now.count == 4);
  CHECK(now.stage == "p.b");
  CHECK(now.code == "WORSE");
  CHECK(now.of_these == 3);
  CHECK(now.since == time_point{11s});
  CHECK(tally.lately(begin + 75s).count == 1);
  CHECK(tally.lately(begin + 90s).count == 0);
  // What comes after a minute without any is another row.
  tally.add_dead("p.b", {"WORSE"}, begin + 200s, time_point{201s});
  CHECK(tally.lately(begin + 200s).since == time_point{201s});
}

TEST_CASE("codes without end are counted without end, and kept in bounds") {
  work_tally tally;
  std::vector<std::string> codes;
  for (int i = 0; i < 5000; ++i)
    codes.push_back("CODE_" + std::to_string(i));
  tally.add_dead("p.a", codes, begin, time_point{});
  CHECK(tally.lately(begin).count == 5000);
  CHECK(tally.lately(begin).code == "other codes");
}

TEST_CASE("totals add up") {
  work_tally tally;
  tally.add({.done = 1, .dead = 2, .retried = 3, .moved = 4});
  tally.add({.done = 1});
  CHECK(tally.all() == work_tally::totals{.done = 2, .dead = 2, .retried = 3, .moved = 4});
}

}  // namespace
