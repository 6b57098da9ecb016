#pragma once

#include "ingest/document/document_tree.hpp"

#include <string_view>

namespace millrace::ingest {

/// Text without a markup: paragraphs between blank lines, whose lines stay lines; what is arranged
/// with blanks is preformatted. Unreadable where the encoding cannot be told (TEXT_ENCODING).
tree::read_result read_plain(const tree::source_file& file);

/// The same for UTF-8.
tree::document plain_tree(std::string_view text);

}  // namespace millrace::ingest
