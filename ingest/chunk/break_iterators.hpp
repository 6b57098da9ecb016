#pragma once

#include "ingest/chunk/text_boundaries.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

/// Boundaries in text as Unicode has them (UAX 14 and 29), for every script.
namespace millrace::ingest {

enum class break_kind {
  sentence,
  /// Where a line may end: after blanks, between words of scripts that have none, never before a
  /// closing sign.
  line,
  /// Between characters as they are seen, with all their marks.
  cluster,
  /// Around words, also those of Thai, Lao, Khmer and Burmese, which come from a dictionary.
  word,
};

/// The last boundary in the range at or before `limit`, at which no blank stands; the range's
/// begin without one. Looks at no more of the text than the range up to a little behind
/// the limit.
std::size_t last_break(std::string_view text, text_range range, std::size_t limit, break_kind kind);

/// The first boundary in the range at or after `from`, at which no blank stands; the range's end
/// without one.
std::size_t first_break(std::string_view text, text_range range, std::size_t from, break_kind kind);

/// Every boundary of a text but its begin, in order; the last is its end.
std::vector<std::size_t> all_breaks(std::string_view text, break_kind kind);

/// The end of the last whole code point in the first `limit` bytes, or the end of the first one.
std::size_t code_point_cut(std::string_view text, text_range range, std::size_t limit);

}  // namespace millrace::ingest
