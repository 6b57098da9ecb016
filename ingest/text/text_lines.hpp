#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// A line of a text, without its end and without white space before that.
struct text_line {
  std::string_view text{};
  /// Of the line in the whole text.
  std::size_t begin = 0;

  bool is_blank() const { return text.empty(); }
  std::size_t end() const { return begin + text.size(); }
  /// Blanks and tabs at its beginning; zero for a blank line.
  std::size_t indentation() const;
};

/// The lines of a text, which end in \n, \r\n or \r.
std::vector<text_line> lines_of(std::string_view text);

/// The line from `begin` on; moves `begin` to the next one.
text_line next_line(std::string_view text, std::size_t& begin);

std::string_view without_blanks(std::string_view text);

/// Code points; those of East Asian scripts, which take two columns, count twice.
std::size_t columns_of(std::string_view text);

/// The character of a line that consists of it alone, at least `least` times; 0 for other lines.
char only_sign(std::string_view line, std::size_t least);

}  // namespace millrace::ingest
