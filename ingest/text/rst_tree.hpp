#pragma once

#include "ingest/document/document_tree.hpp"

namespace millrace::ingest {

/// reStructuredText: titles over (and between) lines of signs are headings, literal blocks and the
/// directives of code are code; the rest is text as it stands. Unreadable where the encoding cannot
/// be told (TEXT_ENCODING).
tree::read_result read_rst(const tree::source_file& file);

}  // namespace millrace::ingest
