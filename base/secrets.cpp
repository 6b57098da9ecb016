#include "base/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace {
namespace {

constexpr std::string_view ends_of_word = " \t\r\n\"'`<>";

bool is_part_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ||
         c == '%' || c == '[' || c == ']';
}

/// Of the word that begins at `at`.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(ends_of_word, at), text.size());
}

std::string without_users(std::string_view text) {
  constexpr std::string_view mark = "://";
  std::string shown;
  for (;;) {
    const auto begin = text.find(mark);
    if (begin == std::string_view::npos)
      return shown.append(text);
    shown += text.substr(0, begin + mark.size());
    text.remove_prefix(begin + mark.size());
    // A password that was not escaped may have a slash or an @ in it.
    const auto at = text.substr(0, end_of_word(text, 0)).rfind('@');
    if (at == std::string_view::npos)
      continue;
    shown += hidden;
    text.remove_prefix(at);
  }
}

}  // namespace

bool names_secret(std::string_view name) {
  constexpr std::array<std::string_view, 10> words{"token", "key",        "secret",    "passw",
                                                   "pwd",   "passphrase", "signature", "credential",
                                                   "auth",  "bearer"};
  std::string lower{name};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "sig" || lower == "pass" || lower == "jwt" ||
         std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::string without_secrets(std::string_view text) {
  const auto clean = without_users(text);
  const std::string_view from{clean};
  std::string shown;
  for (std::size_t at = 0; at < from.size();) {
    const auto sign = std::min(from.find('=', at), from.size());
    auto begin = sign;
    while (begin > at && is_part_of_name(from[begin - 1]))
      --begin;
    const auto name = from.substr(begin, sign - begin);
    shown += from.substr(at, std::min(sign + 1, from.size()) - at);
    at = std::min(sign + 1, from.size());
    if (!names_secret(name))
      continue;
    const auto end = std::min(from.find_first_of("&;#", at), end_of_word(from, at));
    if (end > at)
      shown += hidden;
    at = std::min(end, from.size());
  }
  return shown;
}

}  // namespace millrace
