#include "pipeline/fleet_clock.hpp"

#include "tests/support/manual_clock.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

struct fleet_clock_fixture {
  tests::manual_clock local;
  pipeline::fleet_clock time{local};
  const time_point begin = time.now();

  /// Lets time pass as a runtime does, which asks now and then.
  void pass(duration length) {
    for (; length.count() > 0; length -= 1min) {
      local.advance(std::min<duration>(length, 1min));
      time.now();
    }
  }
};

TEST_CASE_METHOD(fleet_clock_fixture, "a clock that is never set is followed") {
  pass(48h);
  CHECK(time.now() == begin + 48h);
  CHECK(time.cautious() == time.now());
  CHECK(time.take_step() == 0s);
  CHECK_FALSE(time.skew());
}

TEST_CASE_METHOD(
    fleet_clock_fixture,
    "a clock that is set back lets nothing wait: time goes on, slower until it agrees") {
  pass(1h);
  local.step(-2h);
  CHECK(time.now() == begin + 1h);
  CHECK(time.take_step() == -2h);
  CHECK(time.take_step() == 0s);
  CHECK(time.ahead() == 2h);
  const auto before = time.now();
  pass(1h);
  CHECK(time.now() == before + 45min);
  pass(7h);
  CHECK(time.ahead() == 0s);
  CHECK(time.now() == local.now());
}

TEST_CASE_METHOD(fleet_clock_fixture, "time never goes back, whatever happens to the clock") {
  auto last = time.now();
  for (int i = 0; i < 1000; ++i) {
    local.step(std::chrono::seconds{(i * 7919) % 20'000 - 10'000});
    local.advance(std::chrono::milliseconds{(i * 104'729) % 5'000});
    const auto now = time.now();
    REQUIRE(now >= last);
    REQUIRE(now >= local.now());
    last = now;
  }
}

TEST_CASE_METHOD(fleet_clock_fixture,
                 "a clock that is set forward is followed, but deletes nothing for a day") {
  pass(1h);
  local.step(40 * 24h);
  CHECK(time.now() == begin + 1h + 40 * 24h);
  CHECK(time.take_step() == 40 * 24h);
  CHECK(time.cautious() == begin + 1h);
  pass(23h);
  CHECK(time.cautious() == begin + 24h);
  SECTION("it was right") {
    pass(2h);
    CHECK(time.cautious() == time.now());
  }
  SECTION("it was wrong, and is put right") {
    local.step(-40 * 24h);
    CHECK(time.cautious() == begin + 24h);
    pass(200 * 24h);
    CHECK(time.now() == local.now());
    CHECK(time.cautious() == local.now());
  }
}

TEST_CASE_METHOD(fleet_clock_fixture, "the server's clock counts, and its difference is known") {
  local.step(3h);
  const auto server = begin + 10s;
  time.follow(server, local.monotonic(), local.monotonic());
  CHECK(time.now() == server);
  CHECK(time.skew() == 3h - 10s);
  CHECK(time.take_step() == 0s);
  // Nothing that happens to this machine's clock matters.
  local.step(-2 * 24h);
  pass(5min);
  CHECK(time.now() == server + 5min);
  time.follow(server + 5min, local.monotonic(), local.monotonic());
  CHECK(time.now() == server + 5min);
  CHECK(time.take_step() == 0s);
}

TEST_CASE_METHOD(fleet_clock_fixture, "an answer of the server that took long changes nothing") {
  time.follow(begin, local.monotonic(), local.monotonic());
  const auto asked = local.monotonic();
  pass(20s);
  time.follow(begin, asked, local.monotonic());
  CHECK(time.now() == begin + 20s);
}

TEST_CASE_METHOD(fleet_clock_fixture,
                 "a process goes on from the time that the one before it wrote") {
  SECTION("its clock was set back since") {
    time.not_before(begin + 2h);
    CHECK(time.now() == begin + 2h);
    CHECK(time.take_step() == -2h);
  }
  SECTION("but not from one that was wrong itself") {
    time.not_before(begin + 365 * 24h);
    CHECK(time.now() == begin);
  }
  SECTION("nor from one that is past") {
    time.not_before(begin - 1h);
    CHECK(time.now() == begin);
  }
}

}  // namespace
