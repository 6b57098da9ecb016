#include "actors/maintenance/retention_pacing.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

/// What it waits after many steps of 20 ms, each second of which the deletion is overdue by so much
/// more.
duration wait_of(retention_pacing& of, duration& overdue, duration more) {
  duration wait{};
  for (duration passed{}; passed < 20s; passed += 20ms + wait) {
    wait = of.after({.jobs = 1, .overdue = overdue, .more = true}, 20ms);
    overdue += std::chrono::duration_cast<duration>(std::chrono::duration<double>(20ms + wait) /
                                                    1s * more);
  }
  return wait;
}

TEST_CASE("the retention takes a tenth of the time, however much there is to delete") {
  retention_pacing one{1s};
  auto overdue = duration{std::chrono::days{3}};
  CHECK(wait_of(one, overdue, -1h) == 200ms);
}

TEST_CASE("a step of the retention that takes no time is not followed by the next at once") {
  retention_pacing one{1s};
  CHECK(one.after({.more = true}, 0ms) == 10ms);
}

TEST_CASE("the retention takes up to half of the time while jobs grow old faster than it deletes") {
  retention_pacing one{1s};
  duration overdue = 2s;
  CHECK(wait_of(one, overdue, 500ms) == 20ms);
  // Until it has caught up.
  CHECK(wait_of(one, overdue, -100ms) == 20ms);
  overdue = 500ms;
  CHECK(wait_of(one, overdue, 0ms) == 200ms);
}

TEST_CASE("a pass of the retention that is over waits for its interval") {
  retention_pacing one{1s};
  CHECK(one.after({.jobs = 1}, 20ms) == 1s);
}

}  // namespace
}  // namespace millrace::actors
