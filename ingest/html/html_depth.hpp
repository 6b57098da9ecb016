#pragma once

#include <cstddef>
#include <string_view>

namespace millrace::ingest {

/// Deepest nesting of elements that is read; the pages that people write stay far below it.
inline constexpr int max_html_depth = 512;

/// Whether the elements of an HTML text nest deeper than `limit`, as far as its tags tell without
/// parsing it. Linear in the text, for the parser is not: it walks up all open elements at many a
/// tag, and would take minutes for a page that nests 100,000 deep.
///
/// An estimate, good for any page that a person wrote: paragraphs, list items and the parts of
/// tables, which end without an end tag, do not nest, and unknown end tags close nothing.
bool nests_deeper_than(std::string_view html, std::size_t limit);

}  // namespace millrace::ingest
