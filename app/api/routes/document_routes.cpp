#include "app/api/routes/routes.hpp"
#include "ingest/store/blob_store.hpp"
#include "ingest/store/delete_documents.hpp"
#include "ingest/store/document_queries.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace millrace::app::api {
namespace {

constexpr std::int64_t default_documents = 50;

ingest::document find_visible_document(storage::connection& on, const call& in) {
  require_documents(in);
  const auto& id = in.part("id");
  auto found = ingest::find_document(on, id);
  if (!found || (!in.holder().owner.empty() && in.holder().owner != found->owner))
    throw not_found(fmt::format("there is no document {}", id), "GET /v1/documents lists them");
  return *std::move(found);
}

}  // namespace

void require_documents(const call& in) {
  if (!in.holder().tenant.empty() || !in.holder().pipeline.empty())
    throw token_bound("a document is an owner's, and the token is bound to a tenant or a pipeline",
                      "use a token that is bound to an owner, or not bound");
}

response list_documents(call& in) {
  require_documents(in);
  const ingest::document_filter filter{.owner = in.bound("owner", in.holder().owner),
                                       .after = in.text("after"),
                                       .limit = in.number("limit", default_documents),
                                       .path = in.text("path"),
                                       .status = in.text("status"),
                                       .with_replaced = in.flag("all")};
  return in.with_database([&](storage::connection& on) {
    document_page page{ingest::list_documents(on, filter), {}};
    if (static_cast<std::int64_t>(page.documents.size()) == filter.limit)
      page.next_after = page.documents.back().id;
    return view_response(page);
  });
}

response get_document(call& in) {
  return in.with_database(
      [&](storage::connection& on) { return view_response(find_visible_document(on, in)); });
}

response get_document_text(call& in) {
  const auto document =
      in.with_database([&](storage::connection& on) { return find_visible_document(on, in); });
  ingest::blob_store files{in.around().config.values.blob_dir};
  auto text = document.parsed_uri.empty() ? std::nullopt : files.get(document.parsed_uri);
  if (!text)
    throw not_found(fmt::format("document {} has no text", document.id),
                    fmt::format("GET /v1/jobs/{}/explain says why", document.job_id));
  return typed_response("text/plain; charset=utf-8", *std::move(text));
}

response list_document_chunks(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto document = find_visible_document(on, in);
    const auto limit = in.number("limit", default_documents);
    const auto from = in.number("after", -1) + 1;
    chunk_page page{ingest::list_chunks(on, document.id, from, limit), {}};
    if (static_cast<std::int64_t>(page.chunks.size()) == limit)
      page.next_after = page.chunks.back().ord;
    return view_response(page);
  });
}

response delete_document(call& in) {
  ingest::blob_store files{in.around().config.values.blob_dir};
  return in.with_database([&](storage::connection& on) {
    const auto document = find_visible_document(on, in);
    const auto gone = ingest::delete_document(on, document.id, in.by(), in.around().time.now());
    if (gone.busy_job != 0)
      throw problem{409, "ORDER_REFUSED", "the document is not deleted",
                    fmt::format("job {} still works on it", gone.busy_job),
                    fmt::format("POST /v1/jobs/{}/cancel ends it", gone.busy_job)};
    ingest::remove_blobs(files, gone);
    return response{.status = 204};
  });
}

}  // namespace millrace::app::api
