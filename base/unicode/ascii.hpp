#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// What characters of ASCII are; the functions of <cctype> ask the locale, and take no negative
/// char.
namespace millrace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_ascii_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

inline std::string in_lower_case(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(), ascii_lower);
  return low;
}

/// Without these characters at its beginning and end.
constexpr std::string_view without_ends(std::string_view text, std::string_view of) {
  const auto begin = text.find_first_not_of(of);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(of) + 1 - begin);
}

}  // namespace millrace
