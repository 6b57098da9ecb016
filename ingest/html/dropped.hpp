#pragma once

#include <gumbo.h>

#include <cstdint>

namespace millrace::ingest::html_tree {

/// Why an element is not part of what a page says.
enum class dropped : std::uint8_t {
  no,
  /// Scripts, controls, navigation, notices about cookies, what is not shown.
  always,
  /// Not shown until a script does: the page itself, if there is nothing else.
  until_script,
  /// For browsers without scripts.
  without_scripts,
};

/// Looks at the element and its attributes; at what is in it only where that is little.
dropped is_dropped(const GumboNode& element);

/// A link from a heading to itself, or from a footnote back to the text.
bool is_permalink(const GumboNode& element, bool in_heading);

/// The numbers beside lines of code.
bool is_line_number(const GumboElement& element);

}  // namespace millrace::ingest::html_tree
