#pragma once

#include "ingest/document/outline.hpp"

namespace millrace::ingest {

/// Renders the tree as text, in UTF-8, with its outline. The only place that does.
///
/// Headings begin with `#`s, items with `-`, their number or `[x]`, quotes with `>`; tables are
/// rows between `|`, all of as many cells; code stands between fences that are longer than any in
/// it. Signs in the text are not escaped, but for `|` in a table. White space in prose is one space
/// or one line end; characters that do not show, and blanks at the ends of lines, are left out. The
/// text ends with one line end, or is empty. Linear in the tree; lists and quotes deeper than
/// tree::max_block_depth leave no signs.
rendered render(tree::document&& document);

}  // namespace millrace::ingest
