#include "base/iso8601.hpp"

#include "base/bounds.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace millrace {
namespace {

template <class Unit>
std::string format_time(time_point at, int digits) {
  // A row that was written with SQL may say any time; the calendar does not go so far.
  constexpr time_point first = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
  at = std::clamp(at, first, bounds::latest);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::duration_cast<Unit>(at - seconds);
  const std::time_t whole = seconds.time_since_epoch().count();
  return fmt::format("{:%FT%T}.{:0{}}Z", fmt::gmtime(whole), rest.count(), digits);
}

/// A text that is read from its beginning.
class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  /// A number of exactly so many digits.
  std::optional<int> digits(std::size_t count) {
    int value = 0;
    const auto* const end = rest_.data() + std::min(count, rest_.size());
    const bool begins = !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    if (!begins || rest_.size() < count || std::from_chars(rest_.data(), end, value).ptr != end)
      return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

  bool take(char wanted) {
    const bool is_there = !rest_.empty() && rest_.front() == wanted;
    if (is_there)
      rest_.remove_prefix(1);
    return is_there;
  }

  /// What stands after the decimal point; nothing for more than six digits, or none.
  std::optional<duration> fraction() {
    const auto count = rest_.substr(0, 7).find_first_not_of("0123456789");
    const auto size = count == std::string_view::npos ? rest_.size() : count;
    auto value = size <= 6 ? digits(size) : std::nullopt;
    if (!value)
      return std::nullopt;
    for (auto n = size; n < 6; ++n)
      *value *= 10;
    return duration{*value};
  }

  /// `Z`, "+01:00" or "-0530".
  std::optional<duration> offset() {
    if (take('Z'))
      return duration{0};
    const bool is_west = take('-');
    if (!is_west && !take('+'))
      return std::nullopt;
    const auto hours = digits(2);
    take(':');
    const auto minutes = digits(2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59)
      return std::nullopt;
    const duration whole = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
    return is_west ? -whole : whole;
  }

  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> read_date(reader& from) {
  const auto year = from.digits(4);
  const bool one = from.take('-');
  const auto month = from.digits(2);
  const bool two = from.take('-');
  const auto day = from.digits(2);
  if (!year || !one || !month || !two || !day)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional{std::chrono::sys_days{date}} : std::nullopt;
}

std::optional<duration> read_time_of_day(reader& from) {
  const auto hours = from.digits(2);
  const bool colon = from.take(':');
  const auto minutes = from.digits(2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59)
    return std::nullopt;
  duration time = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  if (!from.take(':'))
    return time;
  const auto seconds = from.digits(2);
  if (!seconds || *seconds > 59)
    return std::nullopt;
  time += std::chrono::seconds{*seconds};
  if (!from.take('.'))
    return time;
  const auto fraction = from.fraction();
  return fraction ? std::optional{time + *fraction} : std::nullopt;
}

}  // namespace

std::optional<time_point> parse_iso8601(std::string_view text) {
  reader from{text};
  const auto date = read_date(from);
  if (!date || !from.take('T'))
    return std::nullopt;
  const auto time = read_time_of_day(from);
  const auto offset = time ? from.offset() : std::nullopt;
  if (!offset || !from.is_at_end())
    return std::nullopt;
  return *date + *time - *offset;
}

std::string to_iso8601(time_point at) { return format_time<std::chrono::milliseconds>(at, 3); }

std::string to_iso8601_us(time_point at) { return format_time<std::chrono::microseconds>(at, 6); }

}  // namespace millrace
