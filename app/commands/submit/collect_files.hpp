#pragma once

#include <string>
#include <vector>

namespace millrace::app {

/// A path with the reason why it is left out.
struct left_out {
  std::string path;
  std::string why;
};

/// What `submit` was asked to take in.
struct collected_files {
  /// Absolute paths: for each argument in turn, a folder's files sorted.
  std::vector<std::string> files;
  /// In folders: what is no file, and folders that cannot be read.
  std::vector<left_out> skipped;
  /// Arguments that do not exist.
  std::vector<left_out> missing;
};

/// Finds the files that the paths mean: files, and all files in folders and their folders. Links to
/// files are files; links to folders are followed where they were named, not where they were found.
collected_files collect_files(const std::vector<std::string>& paths);

}  // namespace millrace::app
