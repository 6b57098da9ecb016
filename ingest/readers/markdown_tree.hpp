#pragma once

#include "ingest/document/document_tree.hpp"

namespace millrace::ingest {

/// Markdown as GitHub has it, with front matter (apart, as metadata), footnotes, formulas and HTML.
/// Unreadable where the encoding cannot be told (TEXT_ENCODING).
tree::read_result read_markdown(const tree::source_file& file);

}  // namespace millrace::ingest
