#pragma once

#include "ingest/document/document_tree.hpp"

namespace millrace::ingest {

/// The tree of an HTML page, in whatever encoding it is; HTML_TOO_DEEP when it nests too deep.
///
/// Keeps what a browser shows of the text: headings, lists with their numbers and boxes, tables,
/// quotes, code with its language, definitions, notes, formulas as their source, readings of
/// ideographs in parentheses, alternative texts of images. Drops scripts, styles, navigation,
/// controls, numbers of lines, links of headings to themselves and what is hidden. A page without
/// any heading gets its title as one. Linear in the page; allocates with operator new, and through
/// recursion uses no more of the stack than `max_html_depth` allows.
tree::read_result read_html(const tree::source_file& file);

}  // namespace millrace::ingest
