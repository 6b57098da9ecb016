#include "net/http/server/transfer_pace.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace millrace;
using namespace millrace::net;
using namespace std::chrono_literals;

TEST_CASE("a transfer may pause, and is too slow when a byte now and then is all that comes") {
  transfer_pace pace{10s, 1'000};
  const auto start = transfer_pace::clock::time_point{} + 1h;
  pace.start(start);
  CHECK(pace.due() == start + 10s);

  SECTION("a byte buys its own time only") {
    pace.moved(1, start + 9s);
    CHECK(pace.due() == start + 10s + 1ms);
  }
  SECTION("at the least speed it goes on for ever") {
    for (int second = 1; second <= 100; ++second) {
      pace.moved(1'000, start + std::chrono::seconds{second});
      CHECK(pace.due() == start + std::chrono::seconds{second} + 10s);
    }
  }
  SECTION("speed is not saved up for a longer pause") {
    pace.moved(std::numeric_limits<std::size_t>::max(), start + 1s);
    CHECK(pace.due() == start + 11s);
  }
  SECTION("half the speed ends it") {
    auto now = start;
    while (now < pace.due()) {
      now += 1s;
      pace.moved(500, now);
    }
    CHECK(now - start == 20s);
  }
}
