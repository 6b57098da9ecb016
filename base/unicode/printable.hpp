#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// The text with every line end as \n, bytes that are no UTF-8 as U+FFFD, and without characters
/// that do not show: control characters but tabs, and what has no width. The joiners U+200C and
/// U+200D are letters of some scripts and stay, as the tags of a flag do.
std::string printable(std::string_view text);

/// The number of bytes of the white space at `at` that is not a line end: a space, a tab or a wide,
/// narrow or unbreakable space; 0 when there is something else.
std::size_t blank_at(std::string_view text, std::size_t at);

}  // namespace millrace
