#include "actors/status/stage_metrics.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>

namespace {

using namespace std::chrono_literals;
using millrace::actors::stage_metrics;

constexpr stage_metrics::instant start{1000s};

TEST_CASE("a stage's gauge tells the speed of the ten seconds before this one") {
  stage_metrics metrics;
  for (int second = 0; second < 30; ++second)
    metrics.batch_ended(7, 1ms, start + second * 1s);
  const auto read = metrics.read(start + 30s);
  CHECK(read.ended == 210);
  CHECK(read.ended_lately == 70);
  CHECK(metrics.read(start + 35s).ended_lately == 35);
  CHECK(metrics.read(start + 1h).ended_lately == 0);
  CHECK(metrics.read(start + 1h).ended == 210);
}

TEST_CASE("a stage's gauge tells within how long most jobs ended, to an eighth") {
  stage_metrics metrics;
  metrics.batch_ended(980, 2ms, start);
  metrics.batch_ended(20, 3s, start);
  const auto read = metrics.read(start + 1s);
  CHECK(read.p50 > 1800us);
  CHECK(read.p50 < 2250us);
  CHECK(read.p99 > 2700ms);
  CHECK(read.p99 < 3400ms);
  CHECK(metrics.read(start + 1h).p50 == 0s);
}

TEST_CASE("a stage's calls are counted by their durations, a bound with what is below it") {
  stage_metrics metrics;
  metrics.batch_ended(3, 100us, start);
  metrics.batch_ended(2, 101us, start);
  metrics.batch_ended(1, 1s, start);
  metrics.batch_ended(4, 2h, start);
  const auto all = metrics.all();
  const auto& bounds = stage_metrics::call_bounds;
  CHECK(std::is_sorted(bounds.begin(), bounds.end()));
  CHECK(bounds.front() == 0.0001);
  CHECK(all.within.front() == 3);
  CHECK(all.within.at(1) == 2);
  const auto second = std::find(bounds.begin(), bounds.end(), 1.0);
  REQUIRE(second != bounds.end());
  CHECK(all.within.at(static_cast<std::size_t>(second - bounds.begin())) == 1);
  CHECK(all.within.back() == 4);
  CHECK(all.took == 300us + 202us + 1s + 8h);
}

TEST_CASE("a stage's gauge takes any duration") {
  stage_metrics metrics;
  metrics.batch_ended(1, 0s, start);
  metrics.batch_ended(1, 24h * 365, start);
  CHECK(metrics.read(start + 1s).ended_lately == 2);
}

TEST_CASE("a stage's gauge tells what is at work") {
  stage_metrics metrics;
  metrics.now_at_work(5, 3, start);
  const auto read = metrics.read(start + 1s);
  CHECK(read.waiting == 5);
  CHECK(read.in_handler == 3);
  CHECK(read.slowest_since == start);
}

}  // namespace
