#include "ingest/document_text.hpp"

#include "base/digest.hpp"

namespace millrace::ingest {
std::string outline_uri(const std::string& parsed_uri) {
  return parsed_uri.substr(0, parsed_uri.rfind('.')) + ".outline";
}

void put_text(blobs& store, const std::string& parsed_uri, const rendered& made) {
  store.put(outline_uri(parsed_uri), to_bytes(made.outline, sha256_hex(made.text)));
  store.put(parsed_uri, made.text);
}

std::optional<outline> stored_outline(blobs& store, const std::string& parsed_uri,
                                      std::string_view text, std::string_view text_sha256) {
  const auto bytes = store.get(outline_uri(parsed_uri));
  outline_blob found;
  if (!bytes || !from_bytes(*bytes, found) || found.text_sha256 != text_sha256 ||
      !fault_of(found.entries, text).empty())
    return std::nullopt;
  return std::move(found.entries);
}

}  // namespace millrace::ingest
