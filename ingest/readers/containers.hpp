#pragma once

#include "ingest/document/document_tree.hpp"
#include "ingest/formats/read_limits.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// What is read of a file that holds others.
struct container {
  /// Of mail; an archive has none.
  tree::read_result text{};
  std::vector<tree::member> members{};
  std::vector<tree::left_out> left_out{};
};

/// How the files of a media type are unpacked; as reader.
struct container_reader {
  std::string_view kind;
  std::string_view media_type;
  std::string_view name;
  container (*read)(const tree::source_file&, const formats::read_limits&);
};

/// All of them.
std::span<const container_reader> container_readers();

/// Null for a kind that is not in the table.
const container_reader* find_container_reader(std::string_view kind);

/// Whether files of the media type hold others, which become jobs of their own.
bool is_container(std::string_view media_type);

}  // namespace millrace::ingest
