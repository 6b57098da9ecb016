#pragma once

#include <optional>
#include <string>

namespace millrace::ingest {

/// The bytes of one of our own files; nothing, and errno, when it cannot be read.
std::optional<std::string> read_file(const std::string& path);

}  // namespace millrace::ingest
