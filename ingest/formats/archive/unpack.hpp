#pragma once

#include "ingest/formats/read_limits.hpp"

#include <map>
#include <string>
#include <string_view>

namespace millrace::ingest::formats {

/// A path below the archive, or nothing where it leads out of it or names no file.
std::string safe_path(std::string_view path);

/// The parts of a document that is a zip: all but pictures and fonts, by path.
using parts = std::map<std::string, std::string, std::less<>>;
parts unpack_document(std::string_view bytes, const read_limits& limits);

}  // namespace millrace::ingest::formats
