#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Foreign text as it may go into the database and onto a terminal: one line of UTF-8 without
/// control characters, of so many bytes at most, and `...` where it was cut.
std::string one_line(std::string_view text, std::size_t longest = 300);

}  // namespace millrace
