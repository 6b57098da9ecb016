#include "pipeline/services/rate_limit.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::pipeline::remote;
using namespace std::chrono_literals;

namespace {

constexpr time_point begin_at = from_us(1'000'000'000);

TEST_CASE("a limit lets one period's amount through at once, then as it fills") {
  rate_limit limit{10, 1s};
  for (int i = 0; i < 10; ++i) {
    CHECK(limit.wait(1, begin_at) == 0s);
    limit.take(1, begin_at);
  }
  CHECK(limit.wait(1, begin_at) == 100ms);
  CHECK(limit.wait(1, begin_at + 60ms) == 40ms);
  CHECK(limit.wait(1, begin_at + 100ms) == 0s);
  CHECK(limit.wait(10, begin_at + 1h) == 0s);
  CHECK(limit.wait(3, begin_at) == 300ms);
}

TEST_CASE("over a long time at most the rate gets through") {
  rate_limit limit{50, 1s};
  auto now = begin_at;
  int taken = 0;
  while (now < begin_at + 10s) {
    const auto wait = limit.wait(1, now);
    if (wait > 0s) {
      now += wait;
      continue;
    }
    limit.take(1, now);
    ++taken;
  }
  CHECK(taken >= 540);
  CHECK(taken <= 551);
}

TEST_CASE("more than the bucket holds goes when it is full, and is paid off afterwards") {
  rate_limit limit{60, 1min};
  CHECK(limit.wait(90, begin_at) == 0s);
  limit.take(90, begin_at);
  const auto wait = limit.wait(1, begin_at);
  CHECK(wait >= 31s);
  CHECK(wait <= 31s + 1ms);
}

TEST_CASE("what was estimated too high is given back") {
  rate_limit limit{100, 1min};
  limit.take(100, begin_at);
  limit.take(-40, begin_at);
  CHECK(limit.wait(40, begin_at) == 0s);
  limit.take(-1000, begin_at);
  CHECK(limit.wait(100, begin_at) == 0s);
  CHECK(limit.wait(101, begin_at) == 0s);
  limit.take(100, begin_at);
  CHECK(limit.wait(1, begin_at) > 0s);
}

TEST_CASE("an amount of 0 is no limit") {
  rate_limit limit{0, 1s};
  limit.take(1'000'000, begin_at);
  CHECK(limit.wait(1'000'000, begin_at) == 0s);
}

}  // namespace
