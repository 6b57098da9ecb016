#pragma once

#include "ingest/settings.hpp"
#include "pipeline/api.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace millrace::ingest {

/// A file's bytes and what they are known by.
struct identified_file {
  /// Without folders.
  std::string name;
  std::string bytes;
  std::int64_t size_bytes = 0;
  std::string sha256;
};

/// The refusals of a path, and of a blob, that the job has no right to (FILE_NOT_ALLOWED).
reject not_allowed(const std::string& path);
reject blob_not_allowed(const std::string& uri);

/// Whether a file is read wherever it lies, or only below the folders of `allowed_paths`.
enum class file_reach : std::uint8_t { anywhere, allowed_paths };

/// Reads a file whole, or says why it cannot be taken in (the codes FILE_...). Never waits for
/// another process, whatever the path names. Throws std::system_error when this process, not the
/// file, is at fault: no descriptors or no memory left.
std::variant<identified_file, reject> identify_file(const std::string& path,
                                                    const intake_settings& settings,
                                                    file_reach reach = file_reach::anywhere);

/// The same of bytes that are here already, with the name of a file. The name may not be empty.
std::variant<identified_file, reject> identify_bytes(std::string name, std::string bytes,
                                                     const intake_settings& settings);

}  // namespace millrace::ingest
