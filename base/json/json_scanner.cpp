#include "base/json/json_scanner.hpp"

#include "base/text_line.hpp"
#include "base/unicode/ascii.hpp"
#include "base/unicode/utf16.hpp"
#include "base/unicode/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millrace {
namespace {

/// Passes digits; false where there are none.
bool pass_digits(std::string_view& text) {
  const auto begin = text.size();
  while (!text.empty() && is_digit(text.front()))
    text.remove_prefix(1);
  return text.size() < begin;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  if (text.starts_with('0'))
    text.remove_prefix(1);
  else if (!pass_digits(text))
    return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!pass_digits(text))
      return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+'))
      text.remove_prefix(1);
    if (!pass_digits(text))
      return false;
  }
  return text.empty();
}

/// What other languages print, and what JSON has for it.
struct foreign_word {
  std::string_view word;
  std::string_view instead;
  bool is_number;
};
constexpr std::array<foreign_word, 12> foreign_words{{
    {"NaN", "null", true},
    {"nan", "null", true},
    {"-nan", "null", true},
    {"Infinity", "null", true},
    {"-Infinity", "null", true},
    {"inf", "null", true},
    {"-inf", "null", true},
    {"None", "null", false},
    {"nil", "null", false},
    {"undefined", "null", false},
    {"True", "true", false},
    {"False", "false", false},
}};

const foreign_word* foreign(std::string_view word) {
  const auto* at = std::find_if(foreign_words.begin(), foreign_words.end(),
                                [&](const auto& one) { return one.word == word; });
  return at == foreign_words.end() ? nullptr : at;
}

bool is_literal(std::string_view word) {
  return word == "null" || word == "true" || word == "false";
}

char closing(char bracket) { return bracket == '{' ? '}' : ']'; }

std::string_view name_of(char bracket) { return bracket == '{' ? "an object" : "a list"; }

}  // namespace

std::string_view json_scanner::word_at(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && (is_digit(text[end]) || (text[end] >= 'a' && text[end] <= 'z') ||
                               (text[end] >= 'A' && text[end] <= 'Z') ||
                               std::string_view{"+-._"}.find(text[end]) != std::string_view::npos))
    ++end;
  return text.substr(at, end - at);
}

bool json_scanner::is_value_word(std::string_view word) {
  return is_literal(word) || is_number(word) || foreign(word) != nullptr;
}

void json_scanner::fail(std::string why) const { throw fault{std::move(why)}; }

void json_scanner::fail_at_end(std::string_view inside) const {
  fail(fmt::format("it ends after {} bytes, in the middle of {}", text_.size(), inside));
}

void json_scanner::fail_at_character() const {
  if (next() == '\'')
    fail("a string of JSON stands in \", not in '");
  fail(fmt::format("it is not JSON from byte {} on ({})", at_ + 1,
                   one_line(text_.substr(at_, 40), 20)));
}

void json_scanner::skip_blanks() {
  while (!at_end() && (next() == ' ' || next() == '\n' || next() == '\r' || next() == '\t'))
    ++at_;
}

void json_scanner::read_document() {
  skip_blanks();
  if (at_end())
    fail("it is empty, and one JSON document is expected");
  const auto first = word_at(text_, at_);
  if (std::string_view{"{[\"'"}.find(next()) == std::string_view::npos && !is_value_word(first))
    fail("it is not JSON");
  read_value();
  skip_blanks();
  if (at_end())
    return;
  const auto rest = text_.substr(at_);
  if (!trouble_in_json(rest, rules_) || looks_like_json(rest))
    fail("there are two JSON documents, and one is expected");
  fail(fmt::format("something stands behind the JSON document: {}", one_line(rest, 40)));
}

bool json_scanner::enter(char bracket) {
  skip_blanks();
  if (at_end() || next() != bracket)
    return false;
  ++at_;
  skip_blanks();
  return !at_end() && next() != closing(bracket);
}

bool json_scanner::go_on() {
  skip_blanks();
  const bool more = !at_end() && next() == ',';
  ++at_;
  return more;
}

std::string_view json_scanner::read_name() {
  skip_blanks();
  const auto begin = at_;
  if (at_end())
    fail_at_end("an object");
  if (next() != '"')
    fail_at_character();
  read_string();
  const auto end = at_;
  skip_blanks();
  if (at_end())
    fail_at_end("an object");
  if (next() != ':')
    fail_at_character();
  ++at_;
  return text_.substr(begin, end - begin);
}

std::string_view json_scanner::read_value() {
  skip_blanks();
  const auto begin = at_;
  std::string open;
  do {
    if (begin_value(open))
      end_values(open);
  } while (!open.empty());
  return text_.substr(begin, at_ - begin);
}

bool json_scanner::begin_value(std::string& open) {
  skip_blanks();
  if (at_end())
    fail_at_end(open.empty() ? "a value" : name_of(open.back()));
  const char c = next();
  if (c == '"') {
    read_string();
    return true;
  }
  if (c != '{' && c != '[') {
    read_word();
    return true;
  }
  if (open.size() == rules_.deepest)
    fail(fmt::format("it is nested deeper than {}", rules_.deepest));
  if (enter(c)) {
    open += c;
    if (c == '{')
      read_name();
    return false;
  }
  if (at_end())
    fail_at_end(name_of(c));
  ++at_;
  return true;
}

void json_scanner::end_values(std::string& open) {
  while (!open.empty()) {
    skip_blanks();
    if (at_end())
      fail_at_end(name_of(open.back()));
    if (next() == ',') {
      ++at_;
      if (open.back() == '{')
        read_name();
      return;
    }
    if (next() != closing(open.back()))
      fail_at_character();
    ++at_;
    open.pop_back();
  }
}

void json_scanner::read_word() {
  const auto word = word_at(text_, at_);
  if (const auto* known = foreign(word))
    fail(fmt::format("{} is not {}; use {}", word, known->is_number ? "a JSON number" : "JSON",
                     known->instead));
  if (is_number(word))
    check_range(word);
  else if (!is_literal(word))
    fail_at_character();
  at_ += word.size();
}

void json_scanner::check_range(std::string_view number) const {
  constexpr std::size_t surely_fits = 300;
  const auto exponent = number.find_first_of("eE");
  if (rules_.huge_numbers || (exponent == std::string_view::npos && number.size() < surely_fits))
    return;
  double value = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
  // One that is too small counts as 0.
  const bool is_small =
      exponent != std::string_view::npos && number.substr(exponent + 1).starts_with('-');
  if (failure == std::errc::result_out_of_range && !is_small)
    fail(fmt::format("{} is too large for a number; write it as a string", one_line(number, 40)));
}

void json_scanner::read_string() {
  ++at_;
  for (;;) {
    if (at_end())
      fail_at_end("a string");
    const char c = next();
    if (c == '"')
      break;
    if (c == '\\')
      read_escape();
    else if (static_cast<unsigned char>(c) >= 0x80)
      read_wide();
    else if (static_cast<unsigned char>(c) < 0x20)
      fail(fmt::format("a string has the control character {:#04x} (byte {}); write \\u{:04x}",
                       static_cast<unsigned>(c), at_ + 1, static_cast<unsigned>(c)));
    else
      ++at_;
  }
  ++at_;
}

void json_scanner::read_wide() {
  const auto read = utf8::decode(text_, at_);
  if (!read.valid)
    fail(fmt::format("it is not UTF-8 (byte {} is {:#04x})", at_ + 1,
                     static_cast<unsigned>(static_cast<unsigned char>(next()))));
  at_ += read.size;
}

void json_scanner::read_escape() {
  ++at_;
  if (at_end())
    fail_at_end("a string");
  const char kind = next();
  if (kind != 'u') {
    if (std::string_view{"\"\\/bfnrt"}.find(kind) == std::string_view::npos)
      fail(fmt::format("\\{} is no escape of JSON", one_line(text_.substr(at_, 1), 10)));
    ++at_;
    return;
  }
  const auto begin = at_ - 1;
  const auto code = read_hex();
  if (code == 0 && !rules_.nul)
    fail("it has a NUL character (\\u0000), which cannot be stored");
  if (!utf16::is_half(code))
    return;
  const auto half = text_.substr(begin, at_ - begin);
  if (utf16::begins_pair(code) && text_.substr(at_).starts_with("\\u")) {
    ++at_;
    const auto second = read_hex();
    if (utf16::ends_pair(second))
      return;
  }
  fail(fmt::format("{} is half a character: a surrogate without the other one", half));
}

unsigned json_scanner::read_hex() {
  constexpr std::size_t digits = 4;
  const auto text = text_.substr(++at_, digits);
  unsigned code = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), code, 16);
  if (text.size() < digits)
    fail_at_end("a string");
  if (failure != std::errc{} || end != text.data() + text.size())
    fail(fmt::format("\\u{} is no escape of JSON", one_line(text, 10)));
  at_ += digits;
  return code;
}

}  // namespace millrace
