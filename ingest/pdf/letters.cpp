#include "ingest/pdf/letters.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/letters.hpp"
#include "base/unicode/utf8.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::ingest::pdf_layout {

std::string without_ligatures(std::string_view text) {
  // U+FB00 to U+FB06: EF AC 80 to EF AC 86.
  constexpr std::string_view begin = "\xEF\xAC";
  constexpr std::array<std::string_view, 7> letters{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  for (std::size_t next = 0; (next = text.find(begin, at)) != text.npos;) {
    out += text.substr(at, next - at);
    const auto which = next + 2 < text.size()
                           ? static_cast<std::size_t>(static_cast<unsigned char>(text[next + 2]))
                           : 0;
    const bool known = which >= 0x80 && which < 0x80 + letters.size();
    out += known ? letters[which - 0x80] : begin;
    at = next + (known ? 3 : 2);
  }
  out += text.substr(at);
  return out;
}

char32_t first_sign(std::string_view text) {
  return text.empty() ? U'\0' : utf8::decode(text, 0).code;
}

char32_t last_sign(std::string_view text) {
  if (text.empty())
    return U'\0';
  auto at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U)
    --at;
  return utf8::decode(text, at).code;
}

bool is_cjk(char32_t c) {
  return is_ideograph(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFFEF);
}

bool is_unspaced(char32_t c) {
  const bool is_thai_or_lao = c >= 0x0E00 && c <= 0x0EFF;
  const bool is_burmese_or_khmer = (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF);
  return is_cjk(c) || is_thai_or_lao || is_burmese_or_khmer;
}

bool is_letter(char32_t c) { return u_isalpha(static_cast<UChar32>(c)) != 0; }
bool is_lower_letter(char32_t c) { return u_islower(static_cast<UChar32>(c)) != 0; }
bool is_letter_or_digit(char32_t c) { return u_isalnum(static_cast<UChar32>(c)) != 0; }

std::size_t count_signs(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::size_t count_letters(std::string_view text) {
  std::size_t found = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = utf8::decode(text, at);
    found += is_letter(next.code) ? 1 : 0;
    at += next.size;
  }
  return found;
}

bool ends_sentence(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view closing : {"\"", "'", ")", "\u201D", "\u2019", "\u00BB"})
      if (text.ends_with(closing)) {
        text.remove_suffix(closing.size());
        found = true;
      }
  }
  constexpr std::array ends{U'.',      U'!',      U'?',      U':',      U'\u3002',
                            U'\uFF01', U'\uFF1F', U'\u2026', U'\u201D', U'\u300D',
                            U'\u06D4', U'\u061F', U'\u0964'};
  return std::find(ends.begin(), ends.end(), last_sign(text)) != ends.end();
}

bool is_bullet(std::string_view word) {
  constexpr std::array bullets{U'\u2022', U'\u25E6', U'\u25AA', U'\u2023', U'\u25CF', U'\u25CB',
                               U'\u25A0', U'\u25A1', U'\u25B6', U'\u25B8', U'\u25BA', U'\u2043',
                               U'\u2219', U'\u204C', U'\uF0B7', U'\uF0A7', U'\u2794', U'\u27A2',
                               U'\u25C6', U'\u2756', U'\u00B7'};
  return count_signs(word) == 1 &&
         std::find(bullets.begin(), bullets.end(), first_sign(word)) != bullets.end();
}

bool is_dash(std::string_view word) {
  return word == "-" || word == "*" || word == "\u2013" || word == "\u2014" || word == "\u2212";
}

std::optional<int> item_number(std::string_view word) {
  constexpr std::size_t most_digits = 3;
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const auto size = static_cast<std::size_t>(end - word.data());
  const bool is_number = error == std::errc{} && is_digit(word.front()) && size <= most_digits &&
                         size + 1 == word.size() && (word.back() == '.' || word.back() == ')');
  return is_number ? std::optional{number} : std::nullopt;
}

bool is_leader(std::string_view word) {
  for (std::size_t at = 0; at < word.size();) {
    const auto next = utf8::decode(word, at);
    if (next.code != U'.' && next.code != U'\u2026' && next.code != U'\u00B7' &&
        next.code != U'\u2024')
      return false;
    at += next.size;
  }
  return !word.empty();
}

std::string letters_of(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = utf8::decode(text, at);
    if (is_letter_or_digit(next.code))
      utf8::append(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(next.code))));
    at += next.size;
  }
  return out;
}

}  // namespace millrace::ingest::pdf_layout
