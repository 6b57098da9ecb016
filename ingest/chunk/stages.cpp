#include "ingest/chunk/stages.hpp"

#include "base/digest.hpp"
#include "ingest/chunk/text_boundaries.hpp"
#include "ingest/document_of.hpp"
#include "ingest/document_text.hpp"
#include "ingest/effects.hpp"
#include "ingest/ids.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace millrace::ingest {
namespace {

struct document_with_text {
  document known;
  std::string text;
};

std::variant<document_with_text, reject> read_text(const job& job, documents& known, blobs& files) {
  auto found = find_document(job, known);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  auto& document = std::get<ingest::document>(found);
  auto text = files.get(document.parsed_uri);
  if (!text)
    return reject{std::string{codes::BLOB_MISSING},
                  fmt::format("the text {} is not in the data directory", document.parsed_uri)};
  return document_with_text{std::move(document), *std::move(text)};
}

/// A document with its text and outline.
struct readable {
  document known;
  std::string text;
  ingest::outline outline;
};

std::variant<readable, reject> read_outlined(const job& job, documents& known, blobs& files) {
  auto found = read_text(job, known, files);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  auto& [document, text] = std::get<document_with_text>(found);
  auto blocks = stored_outline(files, document.parsed_uri, text, sha256_hex(text));
  if (!blocks)
    blocks = outline_of_plain(text);
  return readable{std::move(document), std::move(text), *std::move(blocks)};
}

/// What is wrong with a chunk at its place, where the chunks before it reach to `covered`; empty
/// when nothing is.
std::string_view fault_of(const chunk& c, std::int64_t ord, std::int64_t covered,
                          const readable& of) {
  if (c.ord != ord)
    return "is not there";
  if (c.id != chunk_id(of.known.id, chunker::name, chunker::version, ord))
    return "has the id of another one";
  if (c.byte_begin < 0 || c.byte_begin >= c.byte_end ||
      c.byte_end > static_cast<std::int64_t>(of.text.size()))
    return "has a range outside of the text";
  if (c.byte_end <= covered)
    return "lies before the one before it";
  const auto part = [&](std::int64_t begin, std::int64_t end) {
    return std::string_view{of.text}.substr(static_cast<std::size_t>(begin),
                                            static_cast<std::size_t>(end - begin));
  };
  const auto own = part(c.byte_begin, c.byte_end);
  const auto head = table_head_of(of.text, of.outline, static_cast<std::size_t>(c.byte_begin));
  const bool has_head = !head.empty() && c.text.size() == head.size() + own.size() &&
                        c.text.starts_with(head) && c.text.ends_with(own);
  if (c.text != own && !has_head)
    return "is not the text in its range";
  if (c.sha256 != sha256_hex(c.text))
    return "does not have its digest";
  const auto gap = c.byte_begin > covered ? part(covered, c.byte_begin) : std::string_view{};
  if (!std::all_of(gap.begin(), gap.end(), is_space))
    return "leaves out text before it";
  return {};
}

reject chunk_mismatch(std::string why) {
  return reject{std::string{codes::CHUNK_MISMATCH}, std::move(why)};
}

}  // namespace

outcome check_text(const job& job, documents& known, blobs& files) {
  auto found = read_text(job, known, files);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  const auto& [document, text] = std::get<document_with_text>(found);
  if (sha256_hex(text) != document.text_sha256)
    return retry{std::string{codes::CHUNK_MISMATCH},
                 fmt::format("the text {} is not the one that was accepted; replay the job from "
                             "parsing if it stays so",
                             document.parsed_uri),
                 {}};
  return advance{};
}

outcome chunk_document(const job& job, const context& at, documents& known, blobs& files,
                       const chunker& splitter) {
  auto found = read_outlined(job, known, files);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  if (at.stop.stop_requested())
    return retry{std::string{codes::CANCELLED}, "the chunks are no longer wanted", {}};
  const auto& [document, text, blocks] = std::get<readable>(found);
  auto chunks = splitter.split(document.id, text, blocks);
  if (chunks.empty())
    return reject{std::string{codes::CHUNK_EMPTY}, "the document has no text"};
  advance done;
  done.effects.push_back(make_effect(effects::buffer_chunks{document.id, std::move(chunks)}));
  return done;
}

outcome commit_chunks(const job& job, documents& known, blobs& files) {
  auto found = read_outlined(job, known, files);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  const auto& document = std::get<readable>(found);
  const auto chunks = known.buffered_chunks(document.known.id);
  if (chunks.empty())
    return chunk_mismatch("no chunk is buffered");
  std::int64_t covered = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto fault = fault_of(chunks[i], static_cast<std::int64_t>(i), covered, document);
    if (!fault.empty())
      return chunk_mismatch(fmt::format("chunk {} of {} {}", i, chunks.size(), fault));
    covered = chunks[i].byte_end;
  }
  const auto rest = std::string_view{document.text}.substr(static_cast<std::size_t>(covered));
  if (!std::all_of(rest.begin(), rest.end(), is_space))
    return chunk_mismatch(
        fmt::format("the last of {} chunks does not reach the end of the text", chunks.size()));
  advance done;
  done.effects.push_back(make_effect(
      effects::commit_chunks{document.known.id, static_cast<std::int64_t>(chunks.size()),
                             search::words_of(document.known, chunks)}));
  return done;
}

outcome prepare_embedding(const job& job, documents& known, const service_directory& services) {
  auto found = find_document(job, known);
  if (auto* missing = std::get_if<reject>(&found))
    return std::move(*missing);
  const auto& document = std::get<ingest::document>(found);
  const auto embedder = services.embedder();
  const bool embedded = embedder && document.embedder == embedder->name() &&
                        known.count_embedded(document.id, embedder->name()) == document.chunk_count;
  advance done;
  if (embedded && document.chunk_count > 0)
    done.to = "embedded";
  else if (embedder)
    done.effects.push_back(make_effect(effects::reuse_embeddings{document.id, embedder->name()}));
  return done;
}

}  // namespace millrace::ingest
