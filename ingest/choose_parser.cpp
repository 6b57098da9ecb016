#include "ingest/choose_parser.hpp"

#include "base/digest.hpp"
#include "ingest/document_of.hpp"
#include "ingest/document_text.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::ingest {
namespace {

/// The parser that should make the document's text; empty when there is none now.
std::string parser_of(const document& doc, const service_directory& services) {
  const auto remote = services.remote_parser();
  if (remote && remote->takes(doc.media_type))
    return remote->name();
  if (const auto holding = services.unpacker_for(doc.media_type))
    return holding->name();
  const auto here = services.parser_for(doc.media_type);
  return here ? here->name() : std::string{};
}

bool has_text_of(const document& doc, std::string_view parser, blobs& store) {
  if (doc.parser != parser || doc.text_sha256.empty())
    return false;
  const auto text = store.get(doc.parsed_uri);
  return text && sha256_hex(*text) == doc.text_sha256 &&
         stored_outline(store, doc.parsed_uri, *text, doc.text_sha256);
}

}  // namespace

outcome choose_parser(const job& job, documents& known, blobs& store,
                      const service_directory& services) {
  auto found = find_document(job, known);
  if (auto* wrong = std::get_if<reject>(&found))
    return std::move(*wrong);
  const auto& doc = std::get<document>(found);
  if (doc.job_id != job.id)
    return finish{std::string{codes::UPLOAD_DEDUP_HIT},
                  fmt::format("the same bytes are document {} of job {}", doc.id, doc.job_id),
                  {}};
  const auto chosen = parser_of(doc, services);
  if (chosen.empty())
    return retry{std::string{codes::PARSER_FAILED},
                 fmt::format("there is no parser for {} now", doc.media_type), std::nullopt};
  // What a file holds becomes jobs in the stage that is passed over here.
  if (!services.unpacker_for(doc.media_type) && has_text_of(doc, chosen, store))
    return advance{{}, "parse_validated"};
  return advance{};
}

}  // namespace millrace::ingest
