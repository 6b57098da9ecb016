#pragma once

#include "ingest/document/document_tree.hpp"

#include <string_view>

namespace millrace::ingest {

/// Deepest nesting of elements that is parsed; the pages that people write stay far below it.
inline constexpr int max_html_depth = 512;

/// The tree of an HTML page, in whatever encoding it is; unreadable when it nests too deep
/// (HTML_TOO_DEEP).
///
/// Drops scripts, styles, navigation, forms' controls and what is hidden. A page without any
/// heading gets its title as one. Allocates with operator new.
tree::read_result read_html(const tree::source_file& file);

}  // namespace millrace::ingest
