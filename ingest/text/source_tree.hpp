#pragma once

#include "ingest/document/document_tree.hpp"

#include <string_view>
#include <vector>

namespace millrace::ingest {

/// Source code, data and configuration: one block of code, verbatim, in the language that the
/// file's name or its first line says. Unreadable where the encoding cannot be told
/// (TEXT_ENCODING).
tree::read_result read_source(const tree::source_file& file);

/// What chunks of code should keep whole: members of JSON, YAML and INI, lines of JSONL, files and
/// hunks of patches, and else what stands between blank lines, by its indentation. The text is that
/// of verbatim_text.
std::vector<tree::code_part> parts_of_code(std::string_view text, std::string_view language);

}  // namespace millrace::ingest
