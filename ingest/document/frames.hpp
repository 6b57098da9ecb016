#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Bytes behind a line with their number, and before a line end.
namespace millrace::ingest {

void append_frame(std::string& out, std::string_view bytes);
/// Takes the frame that begins the rest off it; nothing where none does.
std::optional<std::string_view> take_frame(std::string_view& rest);

}  // namespace millrace::ingest
