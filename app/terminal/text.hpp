#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::app {

/// The text without anything that a terminal would act on: control characters, marks that change
/// the direction of writing and bytes that are not UTF-8 become `\n`, `\x1b` or `\u202e`.
std::string escape(std::string_view text);

/// Columns that a text takes, as it is after escape(): two for a character of East Asia, none for a
/// mark that combines with the one before.
std::size_t display_width(std::string_view text);

/// The text, cut to `width` columns with `…` at the end when it is longer.
std::string shorten(std::string_view text, std::size_t width);

/// Bytes from the start of the text that take `width` columns at most.
std::size_t fitting(std::string_view text, std::size_t width);

}  // namespace millrace::app
