#pragma once

#include "base/digest.hpp"
#include "ingest/chunk/chunker.hpp"
#include "ingest/chunk/text_boundaries.hpp"
#include "ingest/ids.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests {

inline bool is_white(std::string_view text) {
  return std::all_of(text.begin(), text.end(), ingest::is_space);
}

inline bool splits_code_point(std::string_view text, std::int64_t at) {
  const auto i = static_cast<std::size_t>(at);
  return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80U;
}

/// What holds for the chunks of any text of the document `d`, as a sentence about what does not;
/// empty when all does.
inline std::string chunk_fault(std::string_view text, const ingest::outline& blocks,
                               const std::vector<ingest::chunk>& chunks, std::size_t max_size) {
  std::int64_t covered = 0;
  const auto piece = [&](std::int64_t begin, std::int64_t end) {
    return text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  };
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto& c = chunks[i];
    const auto where = " in chunk " + std::to_string(i);
    if (c.ord != static_cast<std::int64_t>(i) ||
        c.id != ingest::chunk_id("d", "structure", "2", c.ord))
      return "position or id is wrong" + where;
    if (c.byte_begin < 0 || c.byte_end > static_cast<std::int64_t>(text.size()) ||
        c.byte_begin >= c.byte_end)
      return "the range is outside of the text" + where;
    // Before the rows of a table that is cut stands its head.
    const auto head = ingest::table_head_of(text, blocks, static_cast<std::size_t>(c.byte_begin));
    const auto own = piece(c.byte_begin, c.byte_end);
    if (c.text != own && c.text != std::string{head} + std::string{own})
      return "the range does not reproduce the text" + where;
    if (c.sha256 != sha256_hex(c.text))
      return "the digest is wrong" + where;
    if (c.text.size() > max_size)
      return "it is too large" + where;
    if (c.byte_begin > covered && !is_white(piece(covered, c.byte_begin)))
      return "text is left out before it" + where;
    if (i > 0 && (c.byte_begin <= chunks[i - 1].byte_begin || c.byte_end <= covered))
      return "order" + where;
    if (c.byte_begin < covered && c.heading_path != chunks[i - 1].heading_path)
      return "it repeats another section" + where;
    covered = c.byte_end;
  }
  const auto end = static_cast<std::int64_t>(text.size());
  return is_white(piece(covered, end)) ? "" : "text is left out at the end";
}

/// The same for chunks of UTF-8: that none begins or ends within a code point.
inline std::string split_code_point(std::string_view text,
                                    const std::vector<ingest::chunk>& chunks) {
  for (const auto& c : chunks)
    if (splits_code_point(text, c.byte_begin) || splits_code_point(text, c.byte_end))
      return "a code point is split in chunk " + std::to_string(c.ord);
  return "";
}

}  // namespace millrace::tests
