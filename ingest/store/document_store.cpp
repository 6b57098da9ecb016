#include "ingest/store/document_store.hpp"

#include "ingest/store/chunk_rows.hpp"
#include "ingest/store/document_queries.hpp"
#include "ingest/store/vector_bytes.hpp"
#include "storage/db/connection_pool.hpp"

namespace millrace::ingest {
namespace {

constexpr auto reading_document = "cannot read the document";

}  // namespace

document_store::document_store(storage::database_settings settings)
    : pool_(std::make_unique<storage::connection_pool>(std::move(settings))) {}

document_store::~document_store() = default;

std::optional<document> document_store::find(const std::string& document_id) {
  return pool_->with_connection(
      reading_document, [&](storage::connection& on) { return find_document(on, document_id); });
}

std::vector<chunk> document_store::buffered_chunks(const std::string& document_id) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    return read_chunks(prepared_chunks(on, "buffered_chunks", document_id));
  });
}

std::vector<chunk> document_store::chunks(const std::string& document_id, std::int64_t from,
                                          std::int64_t limit) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    return list_chunks(on, document_id, from, limit);
  });
}

job_fate document_store::fate_of(std::int64_t job_id) {
  using pipeline::job_state;
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    const auto row = on.prepared<std::string>("state_of_job").with("job", job_id).first();
    const auto state = row ? pipeline::parse_job_state(std::get<0>(*row)) : std::nullopt;
    if (!state || *state == job_state::deadletter || *state == job_state::cancelled)
      return job_fate::failed;
    return *state == job_state::done ? job_fate::done : job_fate::unfinished;
  });
}

std::int64_t document_store::count_embedded(const std::string& document_id,
                                            const std::string& embedder) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    return std::get<0>(on.prepared<std::int64_t>("count_embedded")
                           .with("document", document_id)
                           .with("embedder", embedder)
                           .first()
                           .value());
  });
}

std::vector<chunk> document_store::chunks_to_embed(const std::string& document_id,
                                                   const std::string& embedder,
                                                   std::int64_t limit) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    return read_chunks(prepared_chunks(on, "chunks_to_embed", document_id)
                           .with("embedder", embedder)
                           .with("limit", limit));
  });
}

std::vector<embedding> document_store::buffered_embeddings(const std::string& document_id,
                                                           const std::string& embedder) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    std::vector<embedding> found;
    on.prepared<std::int64_t, std::string>("buffered_embeddings")
        .with("document", document_id)
        .with("embedder", embedder)
        .each([&](std::int64_t ord, const std::string& bytes) {
          found.push_back({ord, from_bytes(on.decode_bytes(bytes))});
        });
    return found;
  });
}

}  // namespace millrace::ingest
