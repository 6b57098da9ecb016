#include "ingest/store/document_store.hpp"

#include "ingest/store/vector_bytes.hpp"
#include "storage/db/connection_pool.hpp"

#include <array>

namespace millrace::ingest {
namespace {

constexpr auto reading_document = "cannot read the document";

document_status parse_status(std::string_view name) {
  constexpr std::array<std::string_view, 4> names{"registered", "parsed", "chunked", "embedded"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names.at(i) == name)
      return static_cast<document_status>(i);
  throw storage::error{storage::error_kind::schema, "cannot read the document",
                       "its status '" + std::string{name} + "' is unknown to this millrace",
                       "use the millrace that wrote it"};
}

auto& prepared_chunks(storage::connection& on, std::string_view name,
                      const std::string& document_id) {
  return on
      .prepared<std::string, std::int64_t, std::string, std::int64_t, std::int64_t, std::string,
                std::string>(name)
      .with("document", document_id);
}

template <class Statement>
std::vector<chunk> read_chunks(Statement& rows) {
  std::vector<chunk> found;
  rows.each([&](const std::string& id, std::int64_t ord, const std::string& heading_path,
                std::int64_t byte_begin, std::int64_t byte_end, const std::string& text,
                const std::string& sha256) {
    found.push_back({id, ord, heading_path, byte_begin, byte_end, text, sha256});
  });
  return found;
}

}  // namespace

document_store::document_store(storage::database_settings settings)
    : pool_(std::make_unique<storage::connection_pool>(std::move(settings))) {}

document_store::~document_store() = default;

std::optional<document> document_store::find(const std::string& document_id) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    std::optional<document> found;
    on.prepared<std::string, std::string, std::int64_t, std::string, std::string, std::string,
                std::int64_t, std::string, std::string, std::string, std::string, std::string,
                std::string, std::int64_t, std::string>("find_document")
        .with("document", document_id)
        .each([&](const std::string& id, const std::string& owner, std::int64_t job,
                  const std::string& name, const std::string& source_path,
                  const std::string& media_type, std::int64_t size_bytes,
                  const std::string& file_sha256, const std::string& raw_uri,
                  const std::string& status, const std::string& parser,
                  const std::string& parsed_uri, const std::string& text_sha256,
                  std::int64_t chunk_count, const std::string& embedder) {
          found = document{id,         owner,      job,         name,        source_path,
                           media_type, size_bytes, file_sha256, raw_uri,     parse_status(status),
                           parser,     parsed_uri, text_sha256, chunk_count, embedder};
        });
    return found;
  });
}

std::vector<chunk> document_store::buffered_chunks(const std::string& document_id) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    return read_chunks(prepared_chunks(on, "buffered_chunks", document_id));
  });
}

std::vector<chunk> document_store::chunks(const std::string& document_id, std::int64_t from,
                                          std::int64_t limit) {
  return pool_->with_connection(reading_document, [&](storage::connection& on) {
    return read_chunks(prepared_chunks(on, "chunks_between", document_id)
                           .with("from", from)
                           .with("to", from + limit));
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
