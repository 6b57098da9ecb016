#pragma once

#include "ingest/document/outline.hpp"
#include "ingest/interfaces.hpp"

#include <string>
#include <string_view>

namespace millrace::ingest {

/// Where the outline of the text lies.
std::string outline_uri(const std::string& parsed_uri);

/// Stores a text and its outline; the text under the URI, the outline beside it.
void put_text(blobs& store, const std::string& parsed_uri, const rendered& made);

/// The outline that is stored with the text; nothing without one, or for the outline of another
/// text, as versions before 2 of the parsers left it.
/// `text_sha256` is the digest of the text.
std::optional<outline> stored_outline(blobs& store, const std::string& parsed_uri,
                                      std::string_view text, std::string_view text_sha256);

}  // namespace millrace::ingest
