#include "base/cron.hpp"
#include "base/iso8601.hpp"

#include <catch2/catch.hpp>
#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <vector>

/// Crons over changes of clocks, beside a walk that asks each minute what the clock shows.
namespace {

using namespace millrace;
using namespace std::chrono_literals;

/// A field as it is spelled, and the values that it means.
struct spelling {
  std::string text;
  std::vector<int> values;
};

std::vector<int> from_to(int low, int high, int step = 1) {
  std::vector<int> all;
  for (int i = low; i <= high; i += step)
    all.push_back(i);
  return all;
}

const std::vector<spelling> minutes{
    {"0", {0}}, {"30", {30}}, {"15,45", {15, 45}}, {"*/20", {0, 20, 40}}, {"29-31", {29, 30, 31}}};
const std::vector<spelling> hours{
    {"*", from_to(0, 23)},      {"0-23", from_to(0, 23)},      {"*/1", from_to(0, 23)},
    {"*/2", from_to(0, 23, 2)}, {"1-23/2", from_to(1, 23, 2)}, {"2", {2}},
    {"1-3", {1, 2, 3}},         {"0-22", from_to(0, 22)}};
const std::vector<spelling> days{{"*", from_to(1, 31)},
                                 {"1-31", from_to(1, 31)},
                                 {"*/2", from_to(1, 31, 2)},
                                 {"1-8,29", {1, 2, 3, 4, 5, 6, 7, 8, 29}}};
const std::vector<spelling> months{
    {"*", from_to(1, 12)}, {"1-12", from_to(1, 12)}, {"mar,apr,oct-nov", {3, 4, 10, 11}}};
const std::vector<spelling> weekdays{{"*", from_to(0, 6)},
                                     {"1-7", from_to(0, 6)},
                                     {"sun", {0}},
                                     {"*/2", {0, 2, 4, 6}},
                                     {"mon-sat", from_to(1, 6)}};

bool has(const spelling& field, int value) {
  return std::find(field.values.begin(), field.values.end(), value) != field.values.end();
}

struct fields {
  const spelling* minute;
  const spelling* hour;
  const spelling* day;
  const spelling* month;
  const spelling* weekday;

  std::string text(const std::string& zone) const {
    return fmt::format("{} {} {} {} {} {}", minute->text, hour->text, day->text, month->text,
                       weekday->text, zone);
  }

  bool fit(date::local_time<std::chrono::minutes> wall) const {
    const auto today = date::floor<std::chrono::days>(wall);
    const date::year_month_day on{today};
    const auto clock = wall - today;
    const bool day_fits = has(*day, static_cast<int>(static_cast<unsigned>(on.day())));
    const bool weekday_fits = has(*weekday, static_cast<int>(date::weekday{today}.c_encoding()));
    const bool either = day->values.size() < 31 && weekday->values.size() < 7;
    return has(*minute, static_cast<int>(clock.count() % 60)) &&
           has(*hour, static_cast<int>(clock.count() / 60)) &&
           has(*month, static_cast<int>(static_cast<unsigned>(on.month()))) &&
           (either ? day_fits || weekday_fits : day_fits && weekday_fits);
  }
};

using walls = std::vector<date::local_time<std::chrono::minutes>>;

constexpr auto before = std::chrono::minutes{30h};
constexpr auto length = std::chrono::minutes{60h};

/// What the clock of the zone shows in each minute around the change.
walls what_the_clock_shows(const std::string& zone, date::sys_seconds change) {
  const auto* const known = date::locate_zone(zone);
  walls all;
  for (auto passed = 0min; passed < length; ++passed)
    all.push_back(date::floor<std::chrono::minutes>(known->to_local(change - before + passed)));
  return all;
}

/// The minutes, from the first, in which it is due.
std::vector<long> due_in(const walls& shown, const fields& cron) {
  const bool every_hour = cron.hour->values.size() == 24;
  std::vector<long> due;
  date::local_time<std::chrono::minutes> latest = shown.front() - 1min;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    bool fits = cron.fit(shown[i]) && (every_hour || shown[i] > latest);
    for (auto skipped = latest + 1min; skipped < shown[i] && !every_hour; ++skipped)
      fits = fits || cron.fit(skipped);
    latest = std::max(latest, shown[i]);
    if (fits)
      due.push_back(static_cast<long>(i));
  }
  return due;
}

std::vector<long> due_by_cron(const std::string& text, date::sys_seconds change) {
  const cron asked{text};
  const auto start = std::chrono::time_point_cast<duration>(change - before);
  std::vector<long> due;
  for (auto at = asked.next(start - 1us); at < start + length; at = asked.next(at))
    due.push_back(std::chrono::floor<std::chrono::minutes>(at - start).count());
  return due;
}

}  // namespace

TEST_CASE("over changes of clocks every field means what the clock shows, minute by minute") {
  const auto zone =
      GENERATE(as<std::string>{}, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
  std::mt19937 random{26};
  const auto any = [&random](const std::vector<spelling>& of) {
    return &of[std::uniform_int_distribution<std::size_t>{0, of.size() - 1}(random)];
  };
  // The two changes of 2026, one in each half of the year.
  for (const auto half :
       {date::sys_days{date::year{2026} / 1 / 5}, date::sys_days{date::year{2026} / 7 / 5}}) {
    const date::sys_seconds change = date::locate_zone(zone)->get_info(half).end;
    const auto shown = what_the_clock_shows(zone, change);
    for (int i = 0; i < 150; ++i) {
      const fields cron{any(minutes), any(hours), any(days), any(months), any(weekdays)};
      const auto text = cron.text(zone);
      INFO(text << " around " << date::format("%F %T", change));
      REQUIRE(due_by_cron(text, change) == due_in(shown, cron));
    }
  }
}
