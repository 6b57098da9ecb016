#pragma once

#include "ingest/document/document_tree.hpp"

#include <string>
#include <string_view>

namespace millrace::ingest {

enum class line_ends { kept, spaces };

/// The characters of a paragraph, heading or cell, as the writer writes them.
std::string span_text(const tree::spans& words, line_ends breaks);

/// Text that is kept as it is, but for blanks at the ends of lines, line ends around it and
/// characters that do not show.
std::string verbatim_text(std::string_view text);

/// The longest run of that character.
std::size_t longest_run(std::string_view text, char of);

}  // namespace millrace::ingest
