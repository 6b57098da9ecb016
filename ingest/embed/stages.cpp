#include "ingest/embed/stages.hpp"

#include "ingest/document_of.hpp"
#include "ingest/effects.hpp"
#include "ingest/embed/hashing_embedder.hpp"
#include "ingest/readers/containers.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace millrace::ingest {
namespace {

constexpr std::chrono::seconds until_there_is_an_embedder{5};

reject embed_mismatch(std::string why) {
  return reject{std::string{codes::EMBED_MISMATCH}, std::move(why)};
}

/// What is wrong with the vectors that an embedder made of `count` texts; empty when nothing is.
std::string fault_of(const std::vector<vector>& made, std::size_t count, const embedder& by) {
  if (made.size() != count)
    return fmt::format("{} made {} vectors of {} chunks", by.name(), made.size(), count);
  for (const auto& v : made) {
    if (v.size() != by.dimension())
      return fmt::format("{} made a vector of {} dimensions instead of {}", by.name(), v.size(),
                         by.dimension());
    if (!std::all_of(v.begin(), v.end(), [](float x) { return std::isfinite(x); }))
      return fmt::format("{} made a vector with a number that is not finite", by.name());
  }
  return {};
}

embed_result embed(const std::vector<chunk>& chunks, const embedder& with, const context& at) {
  std::vector<std::string> texts;
  texts.reserve(chunks.size());
  for (const auto& c : chunks)
    texts.push_back(embedding_text(c));
  const std::vector<std::string_view> views{texts.begin(), texts.end()};
  return with.embed(views, at);
}

/// The job's output, with so many tokens more that it has used.
effects::write_output with_tokens(const job& job, std::int64_t more) {
  auto output = nlohmann::json::parse(job.output);
  output["embedding_tokens"] = output.value("embedding_tokens", std::int64_t{0}) + more;
  return {output.dump()};
}

}  // namespace

outcome embed_chunks(const job& job, const context& at, documents& known,
                     const service_directory& services, const embed_settings& settings) {
  auto document = document_of(job);
  if (auto* missing = std::get_if<reject>(&document))
    return std::move(*missing);
  const auto& id = std::get<std::string>(document);
  const auto embedder = services.embedder();
  if (!embedder)
    return snooze{at.now + until_there_is_an_embedder, "no embedder is available"};

  const auto limit = std::clamp<std::int64_t>(settings.micro_batch, 1, max_micro_batch);
  const auto chunks = known.chunks_to_embed(id, embedder->name(), limit);
  if (chunks.empty())
    return advance{};
  auto answer = embed(chunks, *embedder, at);
  if (auto* refused = std::get_if<reject>(&answer))
    return std::move(*refused);
  if (auto* failed = std::get_if<retry>(&answer))
    return std::move(*failed);
  if (auto* later = std::get_if<snooze>(&answer))
    return std::move(*later);
  auto& [vectors, tokens] = std::get<embedded>(answer);
  if (auto fault = fault_of(vectors, chunks.size(), *embedder); !fault.empty())
    return embed_mismatch(std::move(fault));

  effects::buffer_embeddings made{id, embedder->name(), {}};
  made.embeddings.reserve(chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i)
    made.embeddings.push_back({chunks[i].ord, std::move(vectors[i])});
  std::vector<effect> written;
  written.push_back(make_effect(std::move(made)));
  if (tokens > 0)
    written.emplace_back(with_tokens(job, tokens));
  const bool is_last = static_cast<std::int64_t>(chunks.size()) < limit;
  if (is_last)
    return advance{std::move(written), {}};
  return proceed{std::move(written)};
}

outcome commit_embeddings(const job& job, documents& known, const service_directory& services) {
  auto found = find_document(job, known);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  const auto& document = std::get<ingest::document>(found);
  const auto embedder = services.embedder();
  if (!embedder)
    return retry{std::string{codes::EMBED_MISMATCH}, "no embedder is available", {}};

  const auto buffered = known.buffered_embeddings(document.id, embedder->name());
  if (static_cast<std::int64_t>(buffered.size()) != document.chunk_count)
    return embed_mismatch(fmt::format("{} vectors of {} are buffered for {} chunks",
                                      buffered.size(), embedder->name(), document.chunk_count));
  for (std::size_t i = 0; i < buffered.size(); ++i) {
    if (buffered[i].ord != static_cast<std::int64_t>(i))
      return embed_mismatch(fmt::format("the vector of chunk {} is not buffered", i));
    if (buffered[i].values.size() != embedder->dimension())
      return embed_mismatch(fmt::format("the vector of chunk {} has {} dimensions instead of {}", i,
                                        buffered[i].values.size(), embedder->dimension()));
  }
  advance done;
  done.effects.push_back(make_effect(effects::commit_embeddings{document.id, embedder->name()}));
  return done;
}

outcome finish_document(const job& job, documents& known) {
  auto found = find_document(job, known);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  const auto& document = std::get<ingest::document>(found);
  const auto embedded = known.count_embedded(document.id, document.embedder);
  // An archive has no text; what it holds is documents of their own.
  const bool may_be_empty = is_container(document.media_type);
  if ((document.chunk_count == 0 && !may_be_empty) || embedded != document.chunk_count)
    return embed_mismatch(
        fmt::format("{} of {} chunks have a vector", embedded, document.chunk_count));
  advance done;
  done.effects.push_back(make_effect(effects::mark_embedded{document.id}));
  return done;
}

}  // namespace millrace::ingest
