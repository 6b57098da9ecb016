#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::pipeline::ingest {

/// SHA-256 of the bytes, lower-case hex.
std::string sha256_hex(std::string_view bytes);

/// SHA-256 of bytes that come piece by piece. A copy goes on by itself.
class sha256_stream {
 public:
  sha256_stream();
  ~sha256_stream();
  sha256_stream(const sha256_stream& other);
  sha256_stream& operator=(const sha256_stream& other);

  void add(std::string_view bytes);
  /// Of what has come, lower-case hex; more may come.
  std::string hex() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The UUIDv5 of a document: over `{owner}:{file_sha256}`, lower case.
std::string document_id(std::string_view owner, std::string_view file_sha256);

/// The UUIDv5 of a chunk: over `{document_id}:{chunker}:{version}:{ord}`, lower case.
std::string chunk_id(std::string_view document_id, std::string_view chunker,
                     std::string_view version, std::int64_t ord);

}  // namespace millrace::pipeline::ingest
