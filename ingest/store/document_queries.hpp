#pragma once

#include "ingest/model.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is asked about documents; read only. All throw storage::error.
namespace millrace::ingest {

struct document_filter {
  /// Empty for any.
  std::string owner{};
  /// Only documents with a higher id.
  std::string after{};
  std::int64_t limit = 50;
  /// Only documents that this path has, or a path below it; empty for any.
  std::string path{};
  /// The name of a status; empty for any but `replaced`.
  std::string status{};
  bool with_replaced = false;
};

/// Each of its fields may be empty for any.
struct path_filter {
  std::string owner{};
  /// This path, or those below it.
  std::string path{};
};

struct owned_path {
  std::string owner;
  std::string path;
};

/// The paths of documents, replaced ones too, in order.
std::vector<owned_path> list_paths(storage::connection& on, const path_filter& filter);

std::optional<document> find_document(storage::connection& on, const std::string& document_id);

/// In the order of their ids.
std::vector<document> list_documents(storage::connection& on, const document_filter& filter);

/// The document's chunks at these positions, in order.
std::vector<chunk> list_chunks(storage::connection& on, const std::string& document_id,
                               std::int64_t from, std::int64_t limit);

}  // namespace millrace::ingest
