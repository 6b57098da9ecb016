#pragma once

#include <cstddef>
#include <string_view>

/// Where a text may be cut: at lines, sentences, words, and at last between two code points.
namespace millrace::ingest {

/// Bytes [begin, end) of a text.
struct text_range {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
};

constexpr bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/// The range without white space around it; the indentation of its first line stays.
text_range trimmed(std::string_view text, text_range range);

/// What a reader should find whole if possible: text is cut between sentences, the rows of a table
/// and the lines of code between lines.
/// Code is cut where a blank line ends a part of it, before the line that is indented least.
enum class cut_style { sentences, lines, code };

/// The best place to cut `range` so that the part before it has at most `limit` bytes: the last
/// sentence (or line) that begins in its second half, else line, else word, else code point. Only
/// a code point larger than the limit makes the part larger.
std::size_t find_cut(std::string_view text, text_range range, std::size_t limit, cut_style style);

/// Where the words begin that a chunk repeats of the one before, which is `range`: the first
/// sentence, else line, else word in its last `limit` bytes; its end if there is none.
std::size_t find_overlap(std::string_view text, text_range range, std::size_t limit,
                         cut_style style);

}  // namespace millrace::ingest
