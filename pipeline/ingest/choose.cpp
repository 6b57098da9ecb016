#include "pipeline/ingest/choose.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/ingest/digest.hpp"
#include "pipeline/ingest/document_of.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::pipeline::ingest {
namespace {

bool has_text_of(const document& doc, const parser& chosen, blobs& store) {
  if (doc.parser != chosen.name() || doc.text_sha256.empty())
    return false;
  const auto text = store.get(doc.parsed_uri);
  return text && sha256_hex(*text) == doc.text_sha256;
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
  const auto chosen = services.parser_for(doc.media_type);
  if (!chosen)
    return retry{std::string{codes::PARSER_FAILED},
                 fmt::format("there is no parser for {} now", doc.media_type), std::nullopt};
  if (has_text_of(doc, *chosen, store))
    return advance{{}, "parse_validated"};
  return advance{};
}

}  // namespace millrace::pipeline::ingest
