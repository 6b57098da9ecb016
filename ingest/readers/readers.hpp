#pragma once

#include "ingest/document/document_tree.hpp"

#include <span>
#include <string_view>

namespace millrace::ingest {

/// How the files of a media type are read.
struct reader {
  /// What `millrace-parser` is told to read.
  std::string_view kind;
  std::string_view media_type;
  /// Name and version: the same one makes the same tree of the same bytes.
  std::string_view name;
  tree::read_result (*read)(const tree::source_file&);
  /// Whether it is called in the process of the runtime: for formats that are nothing but text.
  bool is_text;
};

/// All of them: a format is known where it is in this table, or in container_readers().
std::span<const reader> readers();

/// Null for a kind that is not in the table.
const reader* find_reader(std::string_view kind);

}  // namespace millrace::ingest
