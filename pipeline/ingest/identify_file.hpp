#pragma once

#include "pipeline/ingest/settings.hpp"
#include "pipeline/outcome.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace millrace::pipeline::ingest {

/// A file's bytes and what they are known by.
struct identified_file {
  /// Without folders.
  std::string name;
  std::string bytes;
  std::int64_t size_bytes = 0;
  std::string sha256;
};

/// Reads a file whole, or says why it cannot be taken in (the codes FILE_...). Never waits for
/// another process, whatever the path names. Throws std::system_error when this process, not the
/// file, is at fault: no descriptors or no memory left.
std::variant<identified_file, reject> identify_file(const std::string& path,
                                                    const intake_settings& settings);

}  // namespace millrace::pipeline::ingest
