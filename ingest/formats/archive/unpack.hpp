#pragma once

#include "ingest/formats/read_limits.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::formats {

enum class packing { zip, any_archive, gzip };

/// The regular files for which `wanted` says so, in the archive's order. Throws `cannot_read` for
/// what is damaged (FILE_DAMAGED), encrypted (FILE_ENCRYPTED) or too much (FILE_EXPANDS_TOO_MUCH).
std::vector<tree::member> unpack(std::string_view bytes, packing as, const read_limits& limits,
                                 const std::function<bool(const std::string&)>& wanted);

/// A path below the archive, or nothing where it leads out of it or names no file.
std::string safe_path(std::string_view path);

/// The parts of a document that is a zip: all but pictures and fonts, by path.
using parts = std::map<std::string, std::string, std::less<>>;
parts unpack_document(std::string_view bytes, const read_limits& limits);

}  // namespace millrace::ingest::formats
