#include "ingest/markdown/normalise.hpp"

#include "base/digest.hpp"
#include "base/unicode/printable.hpp"
#include "ingest/document_of.hpp"
#include "ingest/effects.hpp"
#include "ingest/markdown/normalise_blocks.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::ingest {
namespace {

/// What a pass takes away may be what kept something else from being a link or an item. Real text
/// is stable after one or two passes; a text made to resist is left as it is after these.
constexpr int max_passes = 8;

}  // namespace

std::string normalise(std::string_view markdown) {
  auto text = printable(markdown);
  for (int pass = 0; pass < max_passes; ++pass) {
    auto next = normalise_blocks(text);
    if (next == text)
      break;
    text = std::move(next);
  }
  return text;
}

outcome normalise_document(const job& job, const context&, documents& known, blobs& store) {
  auto found = find_document(job, known);
  if (auto* wrong = std::get_if<reject>(&found))
    return std::move(*wrong);
  const auto& doc = std::get<document>(found);
  const auto parsed = store.get(doc.parsed_uri);
  if (!parsed)
    return reject{std::string{codes::BLOB_MISSING},
                  fmt::format("the text of document {} is not in the data directory", doc.id)};
  const auto text = normalise(*parsed);
  if (text.empty())
    return reject{std::string{codes::PARSE_EMPTY}, "the document has no text after normalisation"};
  if (text != *parsed)
    store.put(doc.parsed_uri, text);
  advance done;
  done.effects.push_back(make_effect(effects::record_normalised{doc.id, sha256_hex(text)}));
  return done;
}

}  // namespace millrace::ingest
