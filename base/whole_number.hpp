#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace millrace {

/// The number that the whole text is, in decimal digits with `-` before them at most. Nothing for
/// anything else, and for what does not fit.
inline std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  return failure == std::errc{} && rest == end ? std::optional{value} : std::nullopt;
}

}  // namespace millrace
