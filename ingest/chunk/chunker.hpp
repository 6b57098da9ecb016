#pragma once

#include "ingest/document/outline.hpp"
#include "ingest/model.hpp"
#include "ingest/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// Splits a text along its outline: at headings, then at blocks (paragraphs, list items), then at
/// the lines of tables and code and the sentences of prose, and only then at words and characters.
/// Code and tables that fit stay whole; a table that does not has its head in each of its chunks.
///
/// A chunk belongs to one heading path, and is a range of the text, after the head of the table
/// that it begins in; the chunks stand in order and leave out nothing but white space. Within a
/// section a chunk repeats the end of the one before. Pure: the same text and settings make the
/// same chunks, in time proportional to the text.
class chunker {
 public:
  static constexpr std::string_view name = "structure";
  static constexpr std::string_view version = "2";

  /// Throws millrace::error unless 0 < target_size <= max_size, overlap < target_size and max_size
  /// has room for a code point.
  explicit chunker(const chunk_settings& settings);

  /// No chunks for a text of white space. Text that is not UTF-8 is split all the same. The outline
  /// is one for which fault_of finds none.
  std::vector<chunk> split(const std::string& document_id, std::string_view text,
                           const outline& blocks) const;

 private:
  chunk_settings settings_;
};

/// The head of the table in whose body that byte stands; empty outside of tables.
std::string_view table_head_of(std::string_view text, const outline& blocks, std::size_t at);

}  // namespace millrace::ingest
