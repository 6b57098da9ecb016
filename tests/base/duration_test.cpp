#include "base/duration.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cmath>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their unit") {
  CHECK(parse_duration("500us") == 500us);
  CHECK(parse_duration("20ms") == 20ms);
  CHECK(parse_duration("3s") == 3s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("1h") == 1h);
  CHECK(parse_duration("30d") == 720h);
  CHECK(parse_duration("0") == 0s);
}

TEST_CASE("what is no duration is not read as one") {
  for (const auto* text : {"", "3", "s", "-1s", "3 s", "3S", "1.5s", "3sec", "99999999999999999d"})
    CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a duration is written as it is read") {
  for (const auto* text : {"500us", "20ms", "90s", "5m", "1h", "2d", "0"})
    CHECK(format_duration(*parse_duration(text)) == text);
}

TEST_CASE("a number of seconds from outside is bounded before it becomes a wait") {
  const auto waits = [](double seconds) { return bounded_seconds(seconds, 1h).length; };
  CHECK(waits(1.5) == 1500ms);
  CHECK(waits(3600) == 1h);
  CHECK_FALSE(bounded_seconds(3600, 1h).is_cut);
  for (const double seconds : {3601.0, 9e9, 9999999999999.0, 1e300, HUGE_VAL}) {
    CHECK(waits(seconds) == 1h);
    CHECK(bounded_seconds(seconds, 1h).is_cut);
  }
  for (const double seconds : {0.0, -1.0, -1e300, std::nan("")})
    CHECK(waits(seconds) == 0s);
}

}  // namespace
