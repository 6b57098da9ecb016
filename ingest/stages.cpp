#include "ingest/stages.hpp"

#include "ingest/choose_parser.hpp"
#include "ingest/chunk/chunker.hpp"
#include "ingest/chunk/stages.hpp"
#include "ingest/embed/stages.hpp"
#include "ingest/intake.hpp"
#include "ingest/parse/parse.hpp"

#include <string>

namespace millrace::ingest {

definition ingest_pipeline() {
  definition ingest{"ingest", {}};
  for (const auto* stage :
       {"queued", "job_validated", "parsing", "parsed", "parse_validated", "chunking",
        "chunks_buffered", "chunked", "embedding", "embeddings_buffered", "embedded"})
    ingest.stages.push_back({.name = stage, .handler = std::string{"ingest."} + stage});
  // A service that fails one call in ten now and then fails three in a row.
  ingest.stages[*ingest.find_stage("embedding")].max_attempts = 8;
  return ingest;
}

void add_ingest_handlers(registry& handlers, const ingest_parts& parts) {
  // A batch is one write. What takes long is done one by one, and each result kept as it comes, so
  // that a crash repeats at most one; the rest takes a millisecond or less.
  const handler_traits quick{.batch = 16};
  const auto slow = [](int threads) { return handler_traits{.batch = 1, .threads = threads}; };
  const auto p = std::make_shared<const ingest_parts>(parts);
  const auto splitter = std::make_shared<const chunker>(parts.limits.chunk);
  const auto add = [&](const char* stage, handler_traits traits, handler work) {
    handlers.add(std::string{"ingest."} + stage, std::move(work), traits);
  };
  add("queued", quick, [p](const job& j, const context& at) {
    return take_in(j, at, p->limits.intake, p->seal.get(), *p->known, *p->files);
  });
  add("job_validated", quick, [p](const job& j, const context&) {
    return choose_parser(j, *p->known, *p->files, *p->services);
  });
  add("parsing", slow(parts.parsing_threads), [p](const job& j, const context& at) {
    return parse_document(j, at, *p->known, *p->files, *p->services,
                          {p->limits.intake, p->limits.unpack, p->member_seal.get()});
  });
  add("parsed", quick,
      [p](const job& j, const context&) { return accept_text(j, *p->known, *p->files); });
  add("parse_validated", quick,
      [p](const job& j, const context&) { return check_text(j, *p->known, *p->files); });
  add("chunking", quick, [p, splitter](const job& j, const context& at) {
    return chunk_document(j, at, *p->known, *p->files, *splitter);
  });
  add("chunks_buffered", quick,
      [p](const job& j, const context&) { return commit_chunks(j, *p->known, *p->files); });
  add("chunked", quick,
      [p](const job& j, const context&) { return prepare_embedding(j, *p->known, *p->services); });
  add("embedding", slow(parts.embedding_threads), [p](const job& j, const context& at) {
    return embed_chunks(j, at, *p->known, *p->services, p->limits.embed);
  });
  add("embeddings_buffered", quick,
      [p](const job& j, const context&) { return commit_embeddings(j, *p->known, *p->services); });
  add("embedded", quick,
      [p](const job& j, const context&) { return finish_document(j, *p->known); });
}

}  // namespace millrace::ingest
