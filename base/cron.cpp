#include "base/cron.hpp"

#include "base/check.hpp"
#include "base/error.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <map>
#include <span>
#include <stdexcept>
#include <vector>

namespace millrace {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

/// A leap day may be eight years away.
constexpr auto farthest = days{9 * 366};
/// No zone sets its clocks further than that.
constexpr auto longest_shift = 3h;

constexpr std::array month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                 "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

[[noreturn]] void refuse(std::string_view text, std::string why) {
  throw error{fmt::format("bad cron `{}`", text), std::move(why),
              "write for example `0 3 * * * Europe/Berlin`, or @daily"};
}

/// What a field may hold; the first name stands for the lowest number.
struct field {
  std::string_view what;
  int low = 0;
  int high = 0;
  std::span<const char* const> names{};
};

class field_reader {
 public:
  field_reader(std::string_view all, const field& known) : all_(all), known_(known) {}

  template <std::size_t Size>
  void read(std::string_view text, std::bitset<Size>& into) const {
    std::vector<std::string> parts;
    boost::split(parts, text, boost::is_any_of(","));
    for (const auto& part : parts) {
      const auto [low, high, step] = read_part(part);
      for (int i = low; i <= high; i += step)
        into.set(static_cast<std::size_t>(i));
    }
  }

 private:
  struct range {
    int low = 0;
    int high = 0;
    int step = 1;
  };

  range read_part(std::string_view part) const {
    const auto slash = part.find('/');
    const auto span = part.substr(0, slash);
    range found{known_.low, known_.high, 1};
    if (slash != std::string_view::npos)
      found.step = number(part.substr(slash + 1), 1, known_.high);
    if (span == "*")
      return found;
    const auto dash = span.find('-');
    found.low = value(span.substr(0, dash));
    if (dash != std::string_view::npos)
      found.high = value(span.substr(dash + 1));
    else if (slash == std::string_view::npos)
      found.high = found.low;
    if (found.high < found.low)
      refuse(all_, fmt::format("`{}` runs backwards", part));
    return found;
  }

  int value(std::string_view text) const {
    const auto at = std::find(known_.names.begin(), known_.names.end(), text);
    if (at != known_.names.end())
      return known_.low + static_cast<int>(at - known_.names.begin());
    return number(text, known_.low, known_.high);
  }

  int number(std::string_view text, int low, int high) const {
    int found = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), found);
    if (failure != std::errc{} || rest != text.data() + text.size() || found < low || found > high)
      refuse(all_, fmt::format("`{}` is no {}", text, known_.what));
    return found;
  }

  std::string_view all_;
  const field& known_;
};

std::string expanded(const std::string& nickname) {
  static const std::map<std::string, std::string> known{
      {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
      {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
      {"@hourly", "0 * * * *"}};
  const auto at = known.find(nickname);
  return at == known.end() ? std::string{} : at->second;
}

std::vector<std::string> words_of(std::string text) {
  boost::trim(text);
  std::vector<std::string> words;
  boost::split(words, text, boost::is_space(), boost::token_compress_on);
  if (words.front().starts_with('@')) {
    auto zones = std::vector(words.begin() + 1, words.end());
    const auto fields = expanded(boost::to_lower_copy(words.front()));
    if (fields.empty())
      refuse(text, fmt::format("`{}` is unknown", words.front()));
    boost::split(words, fields, boost::is_space());
    words.insert(words.end(), zones.begin(), zones.end());
  }
  return words;
}

const date::time_zone* find_zone(std::string_view text, const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error& bad) {
    refuse(text,
           fmt::format("`{}` is no time zone that this machine knows ({})", name, bad.what()));
  }
}

}  // namespace

cron::cron(std::string_view text) : text_(text) {
  const auto words = words_of(text_);
  if (words.size() != 5 && words.size() != 6)
    refuse(text, "it has not five fields and a time zone at most");
  const auto read = [&](std::size_t at, const field& known, auto& into) {
    field_reader{text, known}.read(boost::to_lower_copy(words[at]), into);
  };
  std::bitset<8> weekdays;
  read(0, {"minute", 0, 59}, minutes_);
  read(1, {"hour", 0, 23}, hours_);
  read(2, {"day of the month", 1, 31}, days_);
  read(3, {"month", 1, 12, month_names}, months_);
  read(4, {"day of the week", 0, 7, weekday_names}, weekdays);
  for (std::size_t i = 0; i < weekdays.size(); ++i)
    if (weekdays[i])
      weekdays_.set(i % 7);
  every_hour_ = hours_.all();
  days_are_any_ = days_.count() == 31 || weekdays_.all();
  zone_ = find_zone(text, words.size() == 6 ? words[5] : "UTC");
  if (!find_next(time_point{}))
    refuse(text, "that day never comes");
}

time_point cron::next(time_point after) const {
  const auto found = find_next(after);
  MILLRACE_CHECK(found);
  return *found;
}

bool cron::is_due_on(std::chrono::local_days day) const {
  const std::chrono::year_month_day on{day};
  if (!months_[static_cast<unsigned>(on.month())])
    return false;
  const bool day_fits = days_[static_cast<unsigned>(on.day())];
  const bool weekday_fits = weekdays_[std::chrono::weekday{day}.c_encoding()];
  return days_are_any_ ? day_fits && weekday_fits : day_fits || weekday_fits;
}

std::optional<time_point> cron::find_next(time_point after) const {
  const auto local = date::make_zoned(zone_, after).get_local_time();
  // As std's, for days; what the zone is asked with stays date's.
  const auto today = std::chrono::local_days{date::floor<days>(local).time_since_epoch()};
  const auto asked = local.time_since_epoch();
  std::optional<time_point> best;
  const auto consider = [&](auto at) {
    const auto when = std::chrono::time_point_cast<duration>(at);
    if (when > after && (!best || when < *best))
      best = when;
  };
  for (auto day = today - days{1}; day <= today + farthest && !best; day += days{1}) {
    if (!is_due_on(day))
      continue;
    for (int minute = 0; minute < 24 * 60; ++minute) {
      const auto at = day.time_since_epoch() + std::chrono::minutes{minute};
      // Later minutes of the day cannot come earlier than that.
      if (best &&
          at > date::make_zoned(zone_, *best).get_local_time().time_since_epoch() + longest_shift)
        break;
      if (!hours_[static_cast<std::size_t>(minute / 60)] ||
          !minutes_[static_cast<std::size_t>(minute % 60)] || at + longest_shift < asked)
        continue;
      const auto info = zone_->get_info(date::local_seconds{at});
      if (info.result == date::local_info::nonexistent) {
        if (!every_hour_)
          consider(info.second.begin);
        continue;
      }
      consider(date::sys_seconds{at - info.first.offset});
      if (info.result == date::local_info::ambiguous && every_hour_)
        consider(date::sys_seconds{at - info.second.offset});
    }
  }
  return best;
}

}  // namespace millrace
