#include "ingest/chunk/text_boundaries.hpp"

#include "ingest/chunk/break_iterators.hpp"

#include <algorithm>
#include <limits>

namespace millrace::ingest {
namespace {

/// The indentation of a line belongs to it: the place where the line of `at` begins, if nothing but
/// blanks is between.
std::size_t with_indentation(std::string_view text, std::size_t at, std::size_t not_before) {
  auto begin = at;
  while (begin > not_before && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
    --begin;
  return begin == 0 || text[begin - 1] == '\n' ? begin : at;
}

/// Where lines begin in bytes (from, to] of a text, with their indentation; blank lines do not.
template <class Use>
void each_line(std::string_view text, std::size_t from, std::size_t to, Use use) {
  bool after_blank = false;
  for (auto at = text.find('\n', from > 0 ? from - 1 : 0); at != text.npos && at < to;
       at = text.find('\n', at + 1)) {
    const auto first = std::min(text.find_first_not_of(" \t", at + 1), text.size());
    const bool is_blank = first == text.size() || text[first] == '\n';
    if (!is_blank && at + 1 > from)
      use(at + 1, first - at - 1, after_blank);
    after_blank = is_blank;
  }
}

/// The best line to cut before in (from, to]; 0 where none begins there.
std::size_t line_cut(std::string_view text, std::size_t from, std::size_t to, cut_style style) {
  std::size_t best = 0;
  auto lowest = std::numeric_limits<std::size_t>::max();
  each_line(text, from, to, [&](std::size_t at, std::size_t indentation, bool after_blank) {
    constexpr std::size_t in_a_part = 1'000'000;
    const auto cost =
        style == cut_style::code ? indentation + (after_blank ? 0 : in_a_part) : std::size_t{0};
    if (cost > lowest)
      return;
    lowest = cost;
    best = at;
  });
  return best;
}

/// A place between two characters after `begin` and as far as `limit` allows, or after the first.
std::size_t cluster_cut(std::string_view text, text_range range, std::size_t limit) {
  const auto found = last_break(text, range, range.begin + limit, break_kind::cluster);
  if (found > range.begin)
    return found;
  return code_point_cut(text, range, limit);
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
  const auto from = range.begin + limit / 2;
  const auto to = range.begin + limit;
  if (style == cut_style::sentences)
    if (const auto at = last_break(text, range, to, break_kind::sentence); at > from)
      return at;
  if (const auto at = line_cut(text, from, to, style); at > from)
    return at;
  for (auto at = to; at > from; --at)
    if (!is_space(text[at]) && is_space(text[at - 1]))
      return at;
  if (const auto at = last_break(text, range, to, break_kind::line); at > from)
    return at;
  return cluster_cut(text, range, limit);
}

std::size_t find_overlap(std::string_view text, text_range range, std::size_t limit,
                         cut_style style) {
  const auto first = range.size() > limit ? range.end - limit : range.begin + 1;
  if (style == cut_style::sentences)
    if (const auto at = first_break(text, range, first, break_kind::sentence); at < range.end)
      return at;
  auto line = range.end;
  each_line(text, first - 1, range.end - 1,
            [&](std::size_t at, std::size_t, bool) { line = std::min(line, at); });
  if (line < range.end)
    return line;
  for (auto at = first; at < range.end; ++at)
    if (!is_space(text[at]) && is_space(text[at - 1]))
      return at;
  return range.end;
}

}  // namespace millrace::ingest
