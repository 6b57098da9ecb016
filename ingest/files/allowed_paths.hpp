#pragma once

#include <string>
#include <vector>

/// The folders of ingest.allowed_paths.
namespace millrace::ingest {

/// Whether the path, as it is written, is below one of the folders. Nothing of the path itself is
/// looked at: whether a file exists elsewhere is not told either.
bool is_written_below(const std::vector<std::string>& folders, const std::string& path);

/// Whether the file that is open at the descriptor lies below one of the folders, wherever the
/// links led that its path went through.
bool lies_below(const std::vector<std::string>& folders, int descriptor);

}  // namespace millrace::ingest
