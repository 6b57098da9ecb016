#pragma once

#include "ingest/source/walk_folder.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::app {

using ingest::left_out;

/// What `submit` was asked to take in.
struct collected_files {
  /// Absolute paths: for each argument in turn, a folder's files sorted.
  std::vector<std::string> files;
  /// In folders: what is no file, and folders that cannot be read.
  std::vector<left_out> skipped;
  /// Arguments that do not exist.
  std::vector<left_out> missing;
  /// In folders: how many files and folders the rules leave out.
  std::int64_t ignored = 0;
};

/// Finds the files that the paths mean: files, whatever the rules say, and those files in folders
/// and their folders that the rules mean. Links to files are files; links to folders are followed
/// where they were named, not where they were found.
collected_files collect_files(const std::vector<std::string>& paths,
                              const ingest::walk_rules& rules);

}  // namespace millrace::app
