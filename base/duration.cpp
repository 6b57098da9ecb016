#include "base/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace millrace {
namespace {

using unit = std::pair<std::string_view, std::int64_t>;

// Largest first: format_duration() takes the first that divides.
constexpr std::array units{unit{"d", 86'400'000'000}, unit{"h", 3'600'000'000},
                           unit{"m", 60'000'000},     unit{"s", 1'000'000},
                           unit{"ms", 1'000},         unit{"us", 1}};

}  // namespace

bounded_wait bounded_seconds(double seconds, duration longest) {
  if (!(seconds > 0))
    return {};
  const auto us = seconds * 1e6;
  if (us >= static_cast<double>(longest.count()))
    return {longest, us > static_cast<double>(longest.count())};
  return {duration{std::llround(us)}, false};
}

std::optional<duration> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc{} || count < 0)
    return std::nullopt;
  const std::string_view name{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (name.empty())
    return count == 0 ? std::optional{duration{0}} : std::nullopt;
  for (const auto& [known, us] : units)
    if (name == known && count <= std::numeric_limits<std::int64_t>::max() / us)
      return duration{count * us};
  return std::nullopt;
}

std::string format_duration(duration d) {
  if (d.count() == 0)
    return "0";
  for (const auto& [name, us] : units)
    if (d.count() % us == 0)
      return fmt::format("{}{}", d.count() / us, name);
  return fmt::format("{}us", d.count());
}

}  // namespace millrace
