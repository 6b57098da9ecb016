#pragma once

/// What characters of ASCII are; the functions of <cctype> ask the locale, and take no negative
/// char.
namespace millrace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace millrace
