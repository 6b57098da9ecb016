#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

enum class block_kind : std::uint8_t { prose, code, heading };

/// Where a block of Markdown begins. Its end is where the next one begins.
struct block {
  std::uint32_t begin = 0;
  /// Lists, items and quotes around it: 0 for a block of the document itself.
  std::uint8_t depth = 0;
  block_kind kind = block_kind::prose;
  /// 1 to 6 for a heading, 0 for anything else.
  std::uint8_t level = 0;
};

/// The blocks of a text under 4 GB, in order; the first begins at 0. Where blocks begin at the same
/// place (a list, its first item, that item's paragraph), there is one entry, with the depth of the
/// outermost and the kind of the innermost. Takes time and memory in proportion to the text,
/// whatever the text is.
std::vector<block> markdown_blocks(std::string_view text);

/// The words of a heading on one line, given the text from its beginning to the next block.
std::string heading_words(std::string_view heading);

}  // namespace millrace::ingest
