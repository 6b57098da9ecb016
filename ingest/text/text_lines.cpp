#include "ingest/text/text_lines.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/letters.hpp"
#include "base/unicode/utf8.hpp"

#include <algorithm>

namespace millrace::ingest {
namespace {

constexpr std::string_view line_blanks = " \t\f\v";

}  // namespace

std::size_t text_line::indentation() const {
  return std::min(text.find_first_not_of(" \t"), text.size());
}

text_line next_line(std::string_view text, std::size_t& begin) {
  const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
  const auto whole = text.substr(begin, end - begin);
  const text_line line{whole.substr(0, whole.find_last_not_of(line_blanks) + 1), begin};
  begin = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
  return line;
}

std::vector<text_line> lines_of(std::string_view text) {
  std::vector<text_line> lines;
  for (std::size_t at = 0; at < text.size();)
    lines.push_back(next_line(text, at));
  return lines;
}

std::string_view without_blanks(std::string_view text) { return without_ends(text, line_blanks); }

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = utf8::decode(text, at);
    const bool is_wide = is_ideograph(next.code) || (next.code >= 0xAC00 && next.code <= 0xD7A3) ||
                         (next.code >= 0x3000 && next.code <= 0x30FF) ||
                         (next.code >= 0xFF01 && next.code <= 0xFF60);
    columns += is_wide ? 2 : 1;
    at += next.size;
  }
  return columns;
}

char only_sign(std::string_view line, std::size_t least) {
  constexpr std::string_view signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  if (line.size() < least || line.empty() || signs.find(line[0]) == std::string_view::npos ||
      line.find_first_not_of(line[0]) != std::string_view::npos)
    return '\0';
  return line[0];
}

}  // namespace millrace::ingest
