#include "ingest/store/document_versions.hpp"

#include <filesystem>
#include <tuple>

namespace millrace::ingest {
namespace {

bool is_embedded(storage::connection& on, const std::string& document_id) {
  return on.prepared<std::int64_t>("is_embedded").with("document", document_id).first().has_value();
}

}  // namespace

void link_path(storage::connection& on, const document_path& at, const std::string& document_id,
               time_point now) {
  on.prepared<>("link_path")
      .with("owner", at.owner)
      .with("path", at.path)
      .with("source", at.source)
      .with("document", document_id)
      .with("now", to_us(now))
      .run();
}

void settle_versions(storage::connection& on, const std::string& document_id, time_point now) {
  if (!is_embedded(on, document_id))
    return;
  on.prepared<>("advance_paths").with("document", document_id).run();
  on.prepared<>("replace_paths").with("document", document_id).run();
  std::vector<std::string> beside;
  on.prepared<std::string>("documents_beside")
      .with("document", document_id)
      .each([&](const std::string& id) { beside.push_back(id); });
  for (const auto& id : beside)
    settle_document(on, id, now);
}

void settle_document(storage::connection& on, const std::string& document_id, time_point now) {
  // One that is on its way is settled at its end.
  if (!is_embedded(on, document_id))
    return;
  if (!on.prepared<std::int64_t>("has_live_paths").with("document", document_id).first()) {
    on.prepared<>("drop_chunk_entries").with("document", document_id).run();
    on.prepared<>("drop_chunks").with("document", document_id).run();
    on.prepared<>("replace_document").with("document", document_id).with("now", to_us(now)).run();
    return;
  }
  if (const auto moved =
          on.prepared<std::string>("left_path").with("document", document_id).first())
    on.prepared<>("move_document")
        .with("document", document_id)
        .with("path", std::get<0>(*moved))
        .with("name", std::filesystem::path{std::get<0>(*moved)}.filename().string())
        .run();
}

std::vector<path_version> list_versions(storage::connection& on, const std::string& document_id) {
  return storage::guarded("cannot list versions", [&] {
    std::vector<path_version> found;
    on.prepared<std::string, std::string, std::int64_t, std::string, std::int64_t>(
          "versions_of_document")
        .with("document", document_id)
        .each([&](const std::string& path, const std::string& id, std::int64_t version,
                  const std::string& state, std::int64_t at) {
          found.push_back({path, id, version, state, from_us(at)});
        });
    return found;
  });
}

}  // namespace millrace::ingest
