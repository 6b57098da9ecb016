#include "app/settings/size.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace millrace::app {
namespace {

using unit = std::pair<std::string_view, std::int64_t>;

// Largest first: format_size() takes the first that divides.
constexpr std::array units{
    unit{"TiB", 1LL << 40}, unit{"TB", 1'000'000'000'000},
    unit{"GiB", 1LL << 30}, unit{"GB", 1'000'000'000},
    unit{"MiB", 1LL << 20}, unit{"MB", 1'000'000},
    unit{"KiB", 1LL << 10}, unit{"kB", 1'000},
    unit{"B", 1},
};

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, count);
  if (failure != std::errc{} || count < 0)
    return std::nullopt;
  const std::string_view name{rest, static_cast<std::size_t>(end - rest)};
  if (name.empty())
    return count;
  for (const auto& [known, bytes] : units)
    if (name == known && count <= std::numeric_limits<std::int64_t>::max() / bytes)
      return count * bytes;
  return std::nullopt;
}

std::string format_size(std::int64_t bytes) {
  for (const auto& [name, unit_bytes] : units)
    if (bytes != 0 && bytes % unit_bytes == 0)
      return fmt::format("{}{}", bytes / unit_bytes, name);
  return "0B";
}

}  // namespace millrace::app
