#pragma once

#include "ingest/model.hpp"
#include "ingest/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// Splits normalised Markdown where its structure is: at headings, then at blocks (paragraphs, list
/// items), then at the lines of code and tables and the sentences of prose, and only then at words
/// and code points. Code and tables that fit stay whole.
///
/// A chunk belongs to one heading path, and is a range of the text; the chunks stand in order and
/// leave out nothing but white space. Within a section a chunk repeats the end of the one before.
/// Pure: the same text and settings make the same chunks, in time proportional to the text.
class chunker {
 public:
  static constexpr std::string_view name = "structure";
  static constexpr std::string_view version = "1";

  /// Throws millrace::error unless 0 < target_size <= max_size, overlap < target_size and max_size
  /// has room for a code point.
  explicit chunker(const chunk_settings& settings);

  /// No chunks for a text of white space. Text that is not UTF-8 is split all the same.
  std::vector<chunk> split(const std::string& document_id, std::string_view text) const;

 private:
  chunk_settings settings_;
};

}  // namespace millrace::ingest
