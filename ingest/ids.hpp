#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::ingest {

/// The UUIDv5 of a document: over `{owner}:{file_sha256}`, lower case.
std::string document_id(std::string_view owner, std::string_view file_sha256);

/// Where the bytes of a document of that media type lie:
/// `storage://raw/{owner}/{document_id}.{ext}`.
std::string raw_uri(std::string_view owner, std::string_view document_id,
                    std::string_view media_type);

/// The UUIDv5 of a chunk: over `{document_id}:{chunker}:{version}:{ord}`, lower case.
std::string chunk_id(std::string_view document_id, std::string_view chunker,
                     std::string_view version, std::int64_t ord);

}  // namespace millrace::ingest
