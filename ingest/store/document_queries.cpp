#include "ingest/store/document_queries.hpp"

#include "ingest/store/chunk_rows.hpp"

#include <utility>

namespace millrace::ingest {
namespace {

document_status parse_status(std::string_view name) {
  for (const auto status : all_document_statuses)
    if (to_string(status) == name)
      return status;
  throw storage::error{storage::error_kind::schema, "cannot read the document",
                       "its status '" + std::string{name} + "' is unknown to this millrace",
                       "use the millrace that wrote it"};
}

/// The columns of find_document.sql, list_documents.sql and list_documents_of_owner.sql.
auto& prepared_documents(storage::connection& on, std::string_view name) {
  return on.prepared<std::string, std::string, std::int64_t, std::string, std::string, std::string,
                     std::int64_t, std::string, std::string, std::string, std::string, std::string,
                     std::string, std::int64_t, std::string, std::string, std::string, std::string,
                     std::string, std::string, std::string, std::string>(name);
}

template <class Statement>
std::vector<document> read_documents(Statement& rows) {
  std::vector<document> found;
  rows.each([&](const std::string& id, const std::string& owner, std::int64_t job,
                const std::string& name, const std::string& source_path,
                const std::string& media_type, std::int64_t size_bytes,
                const std::string& file_sha256, const std::string& raw_uri,
                const std::string& status, const std::string& parser, const std::string& parsed_uri,
                const std::string& text_sha256, std::int64_t chunk_count,
                const std::string& embedder, const std::string& title, const std::string& author,
                const std::string& date, const std::string& language, const std::string& warnings,
                const std::string& collection, const std::string& tags) {
    found.push_back({id,         owner,      job,         name,        source_path,
                     media_type, size_bytes, file_sha256, raw_uri,     parse_status(status),
                     parser,     parsed_uri, text_sha256, chunk_count, embedder,
                     title,      author,     date,        language,    warnings,
                     collection, tags});
  });
  return found;
}

}  // namespace

std::optional<document> find_document(storage::connection& on, const std::string& document_id) {
  auto found =
      read_documents(prepared_documents(on, "find_document").with("document", document_id));
  return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

std::vector<document> list_documents(storage::connection& on, const document_filter& filter) {
  return storage::guarded("cannot list documents", [&] {
    auto& statement =
        prepared_documents(on, filter.owner.empty() ? "list_documents" : "list_documents_of_owner");
    if (!filter.owner.empty())
      statement.with("owner", filter.owner);
    return read_documents(statement.with("after", filter.after)
                              .with("limit", filter.limit)
                              .with("path", filter.path)
                              .with("status", filter.status)
                              .with("all", filter.with_replaced ? 1 : 0));
  });
}

std::vector<owned_path> list_paths(storage::connection& on, const path_filter& filter) {
  return storage::guarded("cannot list paths", [&] {
    std::vector<owned_path> found;
    on.prepared<std::string, std::string>("list_paths")
        .with("owner", filter.owner)
        .with("path", filter.path)
        .each([&](const std::string& owner, const std::string& path) {
          found.push_back({owner, path});
        });
    return found;
  });
}

std::vector<chunk> list_chunks(storage::connection& on, const std::string& document_id,
                               std::int64_t from, std::int64_t limit) {
  return storage::guarded("cannot list chunks", [&] {
    return read_chunks(prepared_chunks(on, "chunks_between", document_id)
                           .with("from", from)
                           .with("to", from + limit));
  });
}

}  // namespace millrace::ingest
