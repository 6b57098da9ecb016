#include "ingest/markdown/lines.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/printable.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

bool ends_word(std::string_view line, std::size_t at) {
  return at >= line.size() || blank_at(line, at) > 0;
}

/// Three or more of one of * - _ and nothing else: a line across the page.
bool is_rule(std::string_view line) {
  std::size_t marks = 0;
  for (const char c : line) {
    if (c == line[0])
      ++marks;
    else if (c != ' ' && c != '\t')
      return false;
  }
  return marks >= 3;
}

/// Whether what a definition names looks like an address, and not like a word.
bool is_address(std::string_view target) {
  if (target.starts_with('<'))
    return target.ends_with('>');
  return !target.empty() &&
         (target.find_first_of("/#:@") != std::string_view::npos ||
          target.substr(0, target.size() - 1).find('.') != std::string_view::npos);
}

bool is_title(std::string_view words) {
  if (words.size() < 2)
    return words.empty();
  const char open = words.front();
  const char close = open == '(' ? ')' : open;
  return (open == '"' || open == '\'' || open == '(') && words.back() == close;
}

}  // namespace

indentation indentation_of(std::string_view line, std::size_t first_column) {
  indentation found{first_column, 0};
  while (const auto size = blank_at(line, found.bytes)) {
    found.columns += line[found.bytes] == '\t' ? 4 - found.columns % 4 : 1;
    found.bytes += size;
  }
  found.columns -= first_column;
  return found;
}

std::optional<item_marker> marker_of(std::string_view line) {
  if (line.empty())
    return std::nullopt;
  if (line[0] == '-' || line[0] == '*' || line[0] == '+') {
    if (!ends_word(line, 1) || (line[0] != '+' && is_rule(line)))
      return std::nullopt;
    return item_marker{"-", 1, 1};
  }
  if (line[0] == '\xE2') {
    constexpr std::array<std::string_view, 5> bullets{
        "\xE2\x80\xA2", "\xE2\x80\xA3", "\xE2\x97\xA6", "\xE2\x96\xAA", "\xE2\x97\x8F"};
    for (const auto bullet : bullets)
      if (line.starts_with(bullet) && ends_word(line, bullet.size()))
        return item_marker{"-", bullet.size(), 1};
    return std::nullopt;
  }
  std::size_t digits = 0;
  while (digits < line.size() && digits < 10 && is_digit(line[digits]))
    ++digits;
  if (digits == 0 || digits == 10 || digits == line.size() ||
      (line[digits] != '.' && line[digits] != ')') || !ends_word(line, digits + 1))
    return std::nullopt;
  return item_marker{line.substr(0, digits + 1), digits + 1, digits + 1};
}

std::size_t heading_of(std::string_view line) {
  const auto level = std::min(line.find_first_not_of('#'), line.size());
  return level <= 6 && ends_word(line, level) ? level : 0;
}

std::optional<fence_mark> fence_of(std::string_view line) {
  if (!line.starts_with("```") && !line.starts_with("~~~"))
    return std::nullopt;
  const auto length = std::min(line.find_first_not_of(line[0]), line.size());
  // Three backticks and more of them further on are code within a line.
  if (line[0] == '`' && line.find('`', length) != std::string_view::npos)
    return std::nullopt;
  return fence_mark{line[0], length};
}

bool closes_fence(std::string_view line, const fence_mark& opened) {
  const auto length = std::min(line.find_first_not_of(opened.mark), line.size());
  return length >= opened.length && line.find_first_not_of(" \t", length) == std::string_view::npos;
}

std::string_view definition_of(std::string_view line) {
  if (!line.starts_with('['))
    return {};
  const auto end = line.find_first_of("[]", 1);
  if (end == std::string_view::npos || end > max_label || line[end] == '[' ||
      !line.substr(end).starts_with("]:"))
    return {};
  const auto label = line.substr(1, end - 1);
  auto rest = without_trailing_blanks(line.substr(end + 2));
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const auto target = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(target.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const bool footnote = label.starts_with('^');
  return !footnote && is_address(target) && is_title(rest) ? label : std::string_view{};
}

std::string_view without_trailing_blanks(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t") + 1);
}

}  // namespace millrace::ingest
