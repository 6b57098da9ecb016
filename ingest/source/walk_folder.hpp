#pragma once

#include "ingest/source/ignore_rules.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace millrace::ingest {

/// Which files of a folder are meant.
struct walk_rules {
  /// Hidden and temporary files, and what `.gitignore` and `.millraceignore` name, as well.
  bool all = false;
  /// Only files that one of these matches; empty for all.
  ignore_rules include{};
  /// But none that these match.
  ignore_rules exclude{};
};

struct found_file {
  /// Below the folder as it was given.
  std::string path;
  /// What a change of the file changes: size, times and number.
  std::string fingerprint;
  /// When it was last changed or moved, by the clock of its file system, in nanoseconds.
  std::int64_t changed_ns = 0;
};

/// A path with the reason why it is left out.
struct left_out {
  std::string path;
  std::string why;
};

struct found_files {
  /// A folder's files sorted, those of its folders between them.
  std::vector<found_file> files{};
  /// What is no file.
  std::vector<left_out> skipped{};
  /// Folders that cannot be read: what is below them is unknown.
  std::vector<left_out> unreadable{};
  /// How many files and folders the rules leave out.
  std::int64_t ignored = 0;
  /// All folders that were read.
  std::vector<std::string> folders{};
};

/// All files in the folder and its folders, as far as the rules mean them. Links to files are
/// files; links to folders are not followed, so that none is seen twice and no circle is walked.
/// Rules in
/// `.millraceignore` count for more than those in `.gitignore`, and those of a folder for more than
/// those of the folders above it.
found_files walk_folder(const std::filesystem::path& folder, const walk_rules& rules);

}  // namespace millrace::ingest
