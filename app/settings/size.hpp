#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::app {

/// Reads a size in bytes: `1200`, `64kB`, `25MB` (powers of 1000), `1GiB` (powers of 1024). Nothing
/// for anything else, and for what does not fit.
std::optional<std::int64_t> parse_size(std::string_view text);

/// The shortest exact spelling that parse_size() reads: `25MiB`, `1200B`.
std::string format_size(std::int64_t bytes);

}  // namespace millrace::app
