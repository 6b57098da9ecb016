#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Which document a path has now, which it had before, and which will be the next. All are parts of
/// the transaction that is open, and throw storage::error.
namespace millrace::ingest {

/// A path of an owner, and what found it there; empty for nothing.
struct document_path {
  std::string owner;
  std::string path;
  std::string source{};
};

/// What a path has, or had.
struct path_version {
  std::string path;
  std::string document_id;
  /// Counts up for each path, in the order in which its bytes were read.
  std::int64_t version = 0;
  /// waiting (it cannot be searched yet), current or replaced.
  std::string state;
  time_point at{};
};

/// The newest version of the path is this document. Until it can be searched the path keeps what it
/// has.
void link_path(storage::connection& on, const document_path& at, const std::string& document_id,
               time_point now);

/// If the document can be searched, it becomes the current version of its paths, unless a newer
/// version of a path is; what no path has now is replaced: its chunks and vectors are deleted.
void settle_versions(storage::connection& on, const std::string& document_id, time_point now);

/// The document was taken from its paths: where no path has it as its current or next version, it
/// is replaced; where its file is elsewhere now, it names that.
void settle_document(storage::connection& on, const std::string& document_id, time_point now);

/// Of all paths that have, or had, this document, the oldest first.
std::vector<path_version> list_versions(storage::connection& on, const std::string& document_id);

}  // namespace millrace::ingest
