#include "base/cron.hpp"

#include "base/error.hpp"
#include "base/iso8601.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace millrace;

time_point at(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  REQUIRE(std::sscanf(text.c_str(), "%d-%u-%u %d:%d", &year, &month, &day, &hour, &minute) == 5);
  return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                               static_cast<int>(day)} +
         std::chrono::hours{hour} + std::chrono::minutes{minute};
}

/// The next times after that one, UTC, as "11-24 02:00" with commas between.
std::string after(const std::string& start, const std::string& text, int count = 1) {
  const cron due{text};
  auto now = at(start);
  std::string all;
  for (int i = 0; i < count; ++i) {
    now = due.next(now);
    all += (i > 0 ? ", " : "") + to_iso8601(now).substr(5, 11);
  }
  for (auto& c : all)
    c = c == 'T' ? ' ' : c;
  return all;
}

std::string why_refused(const std::string& text) {
  try {
    cron{text};
  } catch (const error& bad) {
    return bad.why();
  }
  return "it is allowed";
}

}  // namespace

TEST_CASE("a cron is due at the times of its fields") {
  CHECK(after("2026-11-24 10:07", "* * * * *", 2) == "11-24 10:08, 11-24 10:09");
  CHECK(after("2026-11-24 10:07", "*/15 * * * *", 3) == "11-24 10:15, 11-24 10:30, 11-24 10:45");
  CHECK(after("2026-11-24 10:07", "0 3 * * *", 2) == "11-25 03:00, 11-26 03:00");
  CHECK(after("2026-11-24 10:07", "30 8-10/2,23 * * *", 3) ==
        "11-24 10:30, 11-24 23:30, 11-25 08:30");
  // A Tuesday.
  CHECK(after("2026-11-24 10:07", "0 9 * * mon-fri", 5) ==
        "11-25 09:00, 11-26 09:00, 11-27 09:00, 11-30 09:00, 12-01 09:00");
  CHECK(after("2026-11-24 10:07", "0 9 * * 7", 2) == "11-29 09:00, 12-06 09:00");
  CHECK(after("2026-11-24 10:07", "0 0 31 * *", 2) == "12-31 00:00, 01-31 00:00");
  CHECK(after("2026-11-24 10:07", "0 0 29 feb *", 1) == "02-29 00:00");
  CHECK(after("2026-11-24 10:07", "5/20 4 1,15 JAN,Jul *", 4) ==
        "01-01 04:05, 01-01 04:25, 01-01 04:45, 01-15 04:05");
}

TEST_CASE("where both days are restricted either will do") {
  CHECK(after("2026-11-24 10:07", "0 0 13 * fri", 4) ==
        "11-27 00:00, 12-04 00:00, 12-11 00:00, 12-13 00:00");
  // A star with a step restricts, too; what names all days does not.
  CHECK(after("2026-06-01 13:00", "0 12 */2 * mon", 4) ==
        "06-03 12:00, 06-05 12:00, 06-07 12:00, 06-08 12:00");
  CHECK(after("2026-06-01 13:00", "0 12 1-31 * mon", 2) == "06-08 12:00, 06-15 12:00");
  CHECK(after("2026-06-01 13:00", "0 12 1 * 1-7", 2) == "07-01 12:00, 08-01 12:00");
}

TEST_CASE("a leap day comes, over a century that has none") {
  CHECK(to_iso8601(cron{"0 2 29 2 *"}.next(at("2096-03-01 00:00"))).substr(0, 10) == "2104-02-29");
}

TEST_CASE("names stand for five fields") {
  CHECK(after("2026-11-24 10:07", "@hourly") == "11-24 11:00");
  CHECK(after("2026-11-24 10:07", "@daily") == "11-25 00:00");
  CHECK(after("2026-11-24 10:07", "@weekly") == "11-29 00:00");
  CHECK(after("2026-11-24 10:07", "@monthly") == "12-01 00:00");
  CHECK(after("2026-11-24 10:07", "@yearly Asia/Tokyo") == "12-31 15:00");
}

TEST_CASE("a time zone moves what is due, in summer and in winter") {
  CHECK(after("2026-03-27 12:00", "0 3 * * * Europe/Berlin", 3) ==
        "03-28 02:00, 03-29 01:00, 03-30 01:00");
}

TEST_CASE("a time that is skipped when clocks are set forward counts as the moment after") {
  // In Berlin, 2026-03-29, 03:00 follows 01:59.
  CHECK(after("2026-03-28 12:00", "30 2 * * * Europe/Berlin", 2) == "03-29 01:00, 03-30 00:30");
  CHECK(after("2026-03-28 12:00", "0,30 2 * * * Europe/Berlin", 2) == "03-29 01:00, 03-30 00:00");
}

TEST_CASE("a time that comes twice when clocks are set back counts once") {
  // In Berlin, 2026-10-25, 02:00 follows 02:59.
  CHECK(after("2026-10-24 12:00", "30 2 * * * Europe/Berlin", 2) == "10-25 00:30, 10-26 01:30");
}

TEST_CASE("what is due in every hour goes by the time that passes") {
  CHECK(after("2026-10-24 23:30", "30 * * * * Europe/Berlin", 4) ==
        "10-25 00:30, 10-25 01:30, 10-25 02:30, 10-25 03:30");
  CHECK(after("2026-03-28 23:45", "30 * * * * Europe/Berlin", 3) ==
        "03-29 00:30, 03-29 01:30, 03-29 02:30");
  CHECK(after("2026-10-25 00:40", "*/30 * * * * Europe/Berlin", 3) ==
        "10-25 01:00, 10-25 01:30, 10-25 02:00");
}

TEST_CASE("what a field means decides about a change of clocks, not how it is spelled") {
  for (const auto* hours : {"*", "*/1", "0-23", "0-11,12-23"})
    CHECK(after("2026-10-24 23:30", fmt::format("0 {} * * * Europe/Berlin", hours), 3) ==
          "10-25 00:00, 10-25 01:00, 10-25 02:00");
  for (const auto* hours : {"*/2", "0-23/2", "0,2,4,6,8,10,12,14,16,18,20,22"}) {
    CHECK(after("2026-10-24 23:30", fmt::format("0 {} * * * Europe/Berlin", hours), 2) ==
          "10-25 00:00, 10-25 03:00");
    CHECK(after("2026-03-28 23:45", fmt::format("30 {} * * * Europe/Berlin", hours), 2) ==
          "03-29 01:00, 03-29 02:30");
  }
}

TEST_CASE("the next time is later than the time that is given, which need not be a whole minute") {
  const cron due{"0 3 * * *"};
  const auto three = at("2026-11-25 03:00");
  CHECK(due.next(three - duration{1}) == three);
  CHECK(due.next(three) == three + std::chrono::hours{24});
  CHECK(due.next(three + duration{1}) == three + std::chrono::hours{24});
}

TEST_CASE("a text that is no cron is refused with what is wrong") {
  CHECK_THAT(why_refused(""), Catch::Contains("five fields"));
  CHECK_THAT(why_refused("* * * *"), Catch::Contains("five fields"));
  CHECK_THAT(why_refused("* * * * * UTC UTC"), Catch::Contains("five fields"));
  CHECK_THAT(why_refused("60 * * * *"), Catch::Contains("`60` is no minute"));
  CHECK_THAT(why_refused("* 24 * * *"), Catch::Contains("`24` is no hour"));
  CHECK_THAT(why_refused("* * 0 * *"), Catch::Contains("`0` is no day of the month"));
  CHECK_THAT(why_refused("* * * abc *"), Catch::Contains("`abc` is no month"));
  CHECK_THAT(why_refused("* * * * 8"), Catch::Contains("`8` is no day of the week"));
  CHECK_THAT(why_refused("1,, * * * *"), Catch::Contains("`` is no minute"));
  CHECK_THAT(why_refused("*/0 * * * *"), Catch::Contains("`0` is no minute"));
  CHECK_THAT(why_refused("-5 * * * *"), Catch::Contains("is no minute"));
  CHECK_THAT(why_refused("10-5 * * * *"), Catch::Contains("runs backwards"));
  CHECK_THAT(why_refused("* * * * * Europe/Nowhere"), Catch::Contains("no time zone"));
  CHECK_THAT(why_refused("* * * * * ../../etc/passwd"), Catch::Contains("no time zone"));
  CHECK_THAT(why_refused("0 0 30 feb *"), Catch::Contains("never comes"));
  CHECK_THAT(why_refused("@fortnightly"), Catch::Contains("`@fortnightly` is unknown"));
}
