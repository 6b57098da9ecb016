#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// How far a document has come; `replaced` where each of its paths has a newer version.
enum class document_status : std::uint8_t { registered, parsed, chunked, embedded, replaced };

inline constexpr std::array all_document_statuses{
    document_status::registered, document_status::parsed, document_status::chunked,
    document_status::embedded, document_status::replaced};

constexpr std::string_view to_string(document_status status) {
  constexpr std::array names{"registered", "parsed", "chunked", "embedded", "replaced"};
  return names[static_cast<std::size_t>(status)];
}

/// A document as the database knows it. Its bytes and its text are blobs, named by URIs.
struct document {
  /// UUIDv5 over `{owner}:{file_sha256}`: the same bytes of one owner are one document.
  std::string id;
  std::string owner;
  /// The job that ingests the document; jobs with the same bytes find it here.
  std::int64_t job_id = 0;
  /// The file's name without folders.
  std::string name;
  /// Where the file was when it was submitted; the name of what came over HTTP.
  std::string source_path;
  std::string media_type;
  std::int64_t size_bytes = 0;
  std::string file_sha256;
  std::string raw_uri;
  document_status status = document_status::registered;
  /// The parser that made the text, with its version, for example "markdown@2"; empty before.
  std::string parser;
  std::string parsed_uri;
  /// SHA-256 of the text; empty before.
  std::string text_sha256;
  std::int64_t chunk_count = 0;
  /// The embedder of the vectors, for example "hashing-384@1"; empty before.
  std::string embedder;
  /// What the file says about itself; empty where it does not.
  std::string title;
  std::string author;
  /// As the file has it.
  std::string date;
  std::string language;
  /// What the parser had to guess or leave out: a JSON array of {"code", "message", "count"}.
  std::string warnings = "[]";
  /// What the submitter said of it; empty where that is nothing.
  std::string collection{};
  /// A JSON list of texts.
  std::string tags = "[]";
};

/// A piece of a document's text: bytes [begin, end) of it. The text of a chunk that begins within a
/// table has the head of that table before them.
struct chunk {
  /// UUIDv5 over `{document_id}:{chunker}:{version}:{ord}`.
  std::string id;
  /// Position in the document, from 0.
  std::int64_t ord = 0;
  /// The headings above the chunk, outermost first, joined by " > "; those of several short
  /// sections in one chunk by " / ".
  std::string heading_path;
  std::int64_t byte_begin = 0;
  std::int64_t byte_end = 0;
  std::string text;
  /// SHA-256 of `text`, lower-case hex.
  std::string sha256;
  /// From 1; 0 where the document has no pages.
  std::int64_t first_page = 0;
  std::int64_t last_page = 0;
  /// Where it stands on them, as far as that is known: a JSON array of [page, left, top, right,
  /// bottom], in points from the upper left corner of the page.
  std::string boxes = "[]";
};

using vector = std::vector<float>;

/// The embedding of the chunk at position `ord`.
struct embedding {
  std::int64_t ord = 0;
  vector values;
};

}  // namespace millrace::ingest
