#include "pipeline/ingest/parse.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/ingest/document_of.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace millrace::pipeline::ingest {

outcome parse_document(const job& job, const context& at, documents& known, blobs& store,
                       const service_directory& services) {
  auto found = find_document(job, known);
  if (auto* wrong = std::get_if<reject>(&found))
    return std::move(*wrong);
  const auto& doc = std::get<document>(found);
  const auto chosen = services.parser_for(doc.media_type);
  if (!chosen)
    return retry{std::string{codes::PARSER_FAILED},
                 fmt::format("there is no parser for {} now", doc.media_type), std::nullopt};
  const auto file = store.path(doc.raw_uri);
  if (std::error_code ignored; !std::filesystem::exists(file, ignored))
    return reject{std::string{codes::BLOB_MISSING},
                  fmt::format("{} is not in the data directory", doc.raw_uri)};

  auto result = chosen->parse(file, at);
  if (auto* wrong = std::get_if<reject>(&result))
    return std::move(*wrong);
  if (auto* later = std::get_if<retry>(&result))
    return std::move(*later);
  const auto& text = std::get<std::string>(result);
  if (text.find_first_not_of(" \t\r\n\f\v") == std::string::npos)
    return reject{std::string{codes::PARSE_EMPTY}, "the document has no text after parsing"};

  auto uri = fmt::format("storage://parsed/{}/{}.md", doc.owner, doc.id);
  store.put(uri, text);
  advance done;
  done.effects.emplace_back(effects::record_parsed{doc.id, chosen->name(), std::move(uri)});
  return done;
}

}  // namespace millrace::pipeline::ingest
