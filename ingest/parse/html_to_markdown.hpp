#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::ingest {

/// Deepest nesting of elements that is parsed; the pages that people write stay far below it.
inline constexpr int max_html_depth = 512;

/// The Markdown of an HTML page, in whatever encoding it is; nothing when it nests too deep.
///
/// Keeps headings, lists, tables, quotes, code, the text of links and `![alt]` of images. Drops
/// scripts, styles, navigation, forms' controls and what is hidden. A page without any heading
/// gets its title as one. Allocates with operator new, and through recursion uses no more of the
/// stack than `max_html_depth` allows.
std::optional<std::string> html_to_markdown(std::string_view bytes);

}  // namespace millrace::ingest
