#pragma once

#include "ingest/interfaces.hpp"
#include "pipeline/api.hpp"

#include <string>
#include <string_view>

namespace millrace::ingest {

/// Markdown in the one form that chunks are cut from, always UTF-8:
///
/// - lines end in \n; at most one blank line; no spaces at the end of a line; one \n at the end,
/// and
///   nothing at all for a text of nothing but white space;
/// - headings have one space after their `#`s; bullets are `-`, items stand under the text of the
///   item that they belong to: two spaces a level;
/// - an image is `![alt]`, a link is its text, definitions of links are gone;
/// - outside code, tabs are spaces and runs of spaces are one; characters that do not show are
/// gone;
/// - bytes that are no UTF-8 are U+FFFD.
///
/// Code, in fences, indented or between backticks, is left as it is but for line ends, blank lines,
/// spaces at line ends and characters that do not show. Normalising twice changes nothing. Linear
/// in the text, without recursion.
std::string normalise(std::string_view markdown);

/// The stage `parsed`: normalises the document's stored text. Where that changes it, the new text
/// takes the place of the old one: doing it again makes the same.
///
/// Rejects a document of which nothing is left (PARSE_EMPTY) or whose text is gone (BLOB_MISSING).
outcome normalise_document(const job& job, const context& at, documents& known, blobs& store);

}  // namespace millrace::ingest
