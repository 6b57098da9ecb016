#pragma once

#include "ingest/document/document_tree.hpp"
#include "ingest/files/decode.hpp"

#include <variant>

namespace millrace::ingest {

/// The text of a file that is text, in the encoding that it declares or that a detector guesses;
/// TEXT_ENCODING without one.
std::variant<decoded_text, tree::unreadable> source_text(const tree::source_file& file);

/// Tells what was guessed (TEXT_ENCODING_GUESSED) and what could not be read (TEXT_BYTES_REPLACED).
void warn_of_encoding(const decoded_text& text, tree::document& made);

}  // namespace millrace::ingest
