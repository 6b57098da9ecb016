#include "ingest/store/delete_documents.hpp"

#include "ingest/document_text.hpp"
#include "ingest/store/document_queries.hpp"
#include "ingest/store/document_versions.hpp"
#include "pipeline/codes.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/history/order_event.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace millrace::ingest {
namespace {

constexpr auto deleting = "cannot delete the document";

/// What stays of it is an event: of its job, or of none where that was deleted before.
void tell_deleted(storage::connection& on, const document& gone, const std::string& by,
                  time_point now) {
  const auto message =
      fmt::format("document {} of {} is deleted by {}", gone.id, gone.source_path, by);
  const auto told = on.prepared<>("tell_of_job")
                        .with("job", gone.job_id)
                        .with("code", pipeline::codes::DOCUMENT_DELETED)
                        .with("message", message)
                        .with("now", to_us(now))
                        .run();
  if (told == 0)
    storage::record_order(on, message, now);
}

bool is_busy(storage::connection& on, const document& known) {
  return storage::count_unfinished(on, {known.job_id}) > 0;
}

void erase(storage::connection& on, const document& known, const std::string& by, time_point now,
           deletion& result) {
  for (const auto* statement : {"drop_chunk_entries", "drop_chunks", "drop_chunk_buffer",
                                "drop_embedding_buffer", "forget_paths", "delete_document"})
    on.prepared<>(statement).with("document", known.id).run();
  tell_deleted(on, known, by, now);
  result.documents.push_back(known.id);
  result.blobs.push_back(known.raw_uri);
  if (!known.parsed_uri.empty()) {
    result.blobs.push_back(known.parsed_uri);
    result.blobs.push_back(outline_uri(known.parsed_uri));
  }
}

std::vector<document> documents_of(storage::connection& on, const std::string& owner,
                                   const std::string& path) {
  std::vector<std::string> ids;
  on.prepared<std::string>("documents_of_path")
      .with("owner", owner)
      .with("path", path)
      .each([&](const std::string& id) { ids.push_back(id); });
  std::vector<document> all;
  for (const auto& id : ids)
    if (auto known = find_document(on, id))
      all.push_back(*std::move(known));
  return all;
}

}  // namespace

deletion delete_document(storage::connection& on, const std::string& document_id,
                         const std::string& by, time_point now) {
  return storage::guarded(deleting, [&] {
    deletion result;
    storage::transaction tx{on};
    const auto known = find_document(on, document_id);
    if (!known)
      return result;
    if (is_busy(on, *known)) {
      result.busy_job = known->job_id;
      return result;
    }
    erase(on, *known, by, now, result);
    tx.commit();
    return result;
  });
}

deletion delete_path(storage::connection& on, const std::string& owner, const std::string& path,
                     const std::string& by, time_point now) {
  return storage::guarded(deleting, [&] {
    deletion result;
    storage::transaction tx{on};
    const auto known = documents_of(on, owner, path);
    on.prepared<>("forget_path").with("owner", owner).with("path", path).run();
    for (const auto& one : known) {
      if (on.prepared<std::int64_t>("has_paths").with("document", one.id).first()) {
        settle_document(on, one.id, now);
      } else if (is_busy(on, one)) {
        return deletion{.busy_job = one.job_id};
      } else {
        erase(on, one, by, now, result);
      }
    }
    tx.commit();
    return result;
  });
}

void remove_blobs(blobs& from, const deletion& after) {
  for (const auto& uri : after.blobs) {
    std::error_code stays;
    std::filesystem::remove(from.path(uri), stays);
  }
}

}  // namespace millrace::ingest
