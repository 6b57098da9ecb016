#include "base/json/json_text.hpp"

#include "base/json/json_scanner.hpp"
#include "base/unicode/ascii.hpp"
#include "base/unicode/utf16.hpp"
#include "base/unicode/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace millrace {
namespace {

constexpr json_rules any_document{
    .deepest = std::numeric_limits<std::size_t>::max(), .nul = true, .huge_numbers = true};

std::string name_in(std::string_view token) {
  const auto inside = token.substr(1, token.size() - 2);
  if (inside.find('\\') == std::string_view::npos)
    return std::string{inside};
  return nlohmann::json::parse(token).get<std::string>();
}

/// Whether what stands behind a bracket goes on like a list.
bool begins_list(std::string_view text) {
  text = without_blanks(text);
  if (text.empty() || std::string_view{"{[\"']"}.find(text.front()) != std::string_view::npos)
    return true;
  const auto word = json_scanner::word_at(text, 0);
  const auto rest = without_blanks(text.substr(word.size()));
  return json_scanner::is_value_word(word) &&
         (rest.empty() || rest.front() == ',' || rest.front() == ']');
}

bool begins_like_json(std::string_view line) {
  line = without_blanks(line);
  if (line.empty())
    return false;
  const auto rest = line.substr(1);
  if (line.front() == '{') {
    const auto inside = without_blanks(rest);
    return inside.empty() || std::string_view{"\"'}"}.find(inside.front()) != rest.npos;
  }
  return line.front() == '"' || (line.front() == '[' && begins_list(rest));
}

constexpr std::size_t length_of_unit = 6;

/// The UTF-16 unit that an escape (\ud83e) stands for; 0 where the text does not begin with one.
unsigned unit_at(std::string_view text) {
  unsigned unit = 0;
  if (text.size() >= length_of_unit && text.starts_with("\\u"))
    std::from_chars(text.data() + 2, text.data() + length_of_unit, unit, 16);
  return unit;
}

/// An escape, whole: both halves of a pair are one.
std::string_view escape_at(std::string_view text) {
  const auto first = unit_at(text);
  const auto second = unit_at(text.substr(std::min(text.size(), length_of_unit)));
  const bool is_pair = utf16::begins_pair(first) && utf16::ends_pair(second);
  return text.substr(0, is_pair ? 2 * length_of_unit : first == 0 ? 2 : length_of_unit);
}

bool is_half(std::string_view escape) {
  return escape.size() == length_of_unit && utf16::is_half(unit_at(escape));
}

}  // namespace

std::string with_whole_characters(std::string_view json) {
  std::string whole;
  whole.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const auto rest = json.substr(at);
    if (rest.front() == '\\') {
      const auto escape = escape_at(rest);
      whole += is_half(escape) ? std::string_view{"\\ufffd"} : escape;
      at += escape.size();
    } else {
      const auto read = utf8::decode(json, at);
      utf8::append(whole, read.code);
      at += read.size;
    }
  }
  return whole;
}

std::optional<std::string> trouble_in_json(std::string_view text, const json_rules& rules) {
  try {
    json_scanner{text, rules}.read_document();
    return std::nullopt;
  } catch (const json_scanner::fault& found) {
    return found.why;
  }
}

bool is_json(std::string_view text) {
  return !trouble_in_json(text, {.deepest = any_document.deepest, .nul = true});
}

std::vector<json_member> members_of(std::string_view object) {
  std::vector<json_member> all;
  json_scanner from{object, any_document};
  if (!from.enter('{'))
    return all;
  do {
    auto name = name_in(from.read_name());
    all.push_back({std::move(name), from.read_value()});
  } while (from.go_on());
  return all;
}

std::vector<std::string_view> elements_of(std::string_view list) {
  std::vector<std::string_view> all;
  json_scanner from{list, any_document};
  if (!from.enter('['))
    return all;
  do
    all.push_back(from.read_value());
  while (from.go_on());
  return all;
}

std::string_view without_blanks(std::string_view json) { return without_ends(json, " \t\r\n"); }

bool looks_like_json(std::string_view text) {
  const auto whole = without_blanks(text);
  if (json_scanner::word_at(whole, 0).size() == whole.size())
    return json_scanner::is_value_word(whole);
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    if (begins_like_json(text.substr(begin, end - begin)))
      return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace millrace
