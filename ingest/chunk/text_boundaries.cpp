#include "ingest/chunk/text_boundaries.hpp"

#include <algorithm>

namespace millrace::ingest {
namespace {

// In the order of how well a text may be cut there. `best` is what the style asks for.
enum class boundary { none, word, line, best };

bool ends_ideographic_sentence(std::string_view before) {
  return before.ends_with("\u3002") || before.ends_with("\uff01") || before.ends_with("\uff1f");
}

bool ends_sentence(std::string_view before) {
  while (!before.empty() && std::string_view{"\"')]*_`"}.find(before.back()) != before.npos)
    before.remove_suffix(1);
  return !before.empty() && std::string_view{".!?"}.find(before.back()) != before.npos;
}

/// What begins at `at`, which is not the beginning of the text.
boundary boundary_at(std::string_view text, std::size_t at, cut_style style) {
  const bool prose = style == cut_style::sentences;
  if (is_space(text[at]))
    return boundary::none;
  if (!is_space(text[at - 1]))
    return prose && ends_ideographic_sentence(text.substr(0, at)) ? boundary::best : boundary::none;
  auto word_end = at - 1;
  bool line = false;
  while (word_end > 0 && is_space(text[word_end])) {
    line = line || text[word_end] == '\n';
    --word_end;
  }
  if (line && !prose)
    return boundary::best;
  const bool goes_on = text[at] >= 'a' && text[at] <= 'z';
  if (prose && !goes_on && ends_sentence(text.substr(0, word_end + 1)))
    return boundary::best;
  return line ? boundary::line : boundary::word;
}

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The end of the last whole code point in the first `limit` bytes, or the end of the first one.
std::size_t code_point_cut(std::string_view text, text_range range, std::size_t limit) {
  constexpr std::size_t longest = 4;
  const auto cut = range.begin + limit;
  for (auto at = cut; at > range.begin && cut - at < longest; --at)
    if (!continues_code_point(text[at]))
      return at;
  if (limit >= longest)
    return cut;
  auto at = range.begin + 1;
  while (at < range.end && at - range.begin < longest && continues_code_point(text[at]))
    ++at;
  return at;
}

/// The indentation of a line belongs to it: the place where the line of `at` begins, if nothing but
/// blanks is between.
std::size_t with_indentation(std::string_view text, std::size_t at, std::size_t not_before) {
  auto begin = at;
  while (begin > not_before && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
    --begin;
  return begin == 0 || text[begin - 1] == '\n' ? begin : at;
}

}  // namespace

text_range trimmed(std::string_view text, text_range range) {
  auto begin = range.begin;
  while (begin < range.end && is_space(text[begin]))
    ++begin;
  auto end = range.end;
  while (end > begin && is_space(text[end - 1]))
    --end;
  if (begin == end)
    return {begin, end};
  return {with_indentation(text, begin, range.begin), end};
}

std::size_t find_cut(std::string_view text, text_range range, std::size_t limit, cut_style style) {
  if (range.size() <= limit)
    return range.end;
  std::size_t line = 0;
  std::size_t word = 0;
  for (auto at = range.begin + limit; at > range.begin + limit / 2; --at) {
    const auto found = boundary_at(text, at, style);
    if (found == boundary::best)
      return at;
    if (found == boundary::line)
      line = std::max(line, at);
    else if (found == boundary::word)
      word = std::max(word, at);
  }
  if (line > 0)
    return line;
  return word > 0 ? word : code_point_cut(text, range, limit);
}

std::size_t find_overlap(std::string_view text, text_range range, std::size_t limit,
                         cut_style style) {
  auto line = range.end;
  auto word = range.end;
  const auto first = range.size() > limit ? range.end - limit : range.begin + 1;
  for (auto at = first; at < range.end; ++at) {
    const auto found = boundary_at(text, at, style);
    if (found == boundary::best)
      return at;
    if (found == boundary::line)
      line = std::min(line, at);
    else if (found == boundary::word)
      word = std::min(word, at);
  }
  return line < range.end ? line : word;
}

}  // namespace millrace::ingest
