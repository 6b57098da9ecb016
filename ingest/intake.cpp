#include "ingest/intake.hpp"

#include "ingest/effects.hpp"
#include "ingest/files/allowed_paths.hpp"
#include "ingest/files/identify_file.hpp"
#include "ingest/files/media_type.hpp"
#include "ingest/ids.hpp"
#include "ingest/upload.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace millrace::ingest {
namespace {

/// The wait doubles from 100 ms to 26 s. Each look raises the epoch twice: claimed, and put back.
snooze wait_for(std::int64_t first_job, const job& job, const context& at) {
  const auto looks = std::clamp<std::int64_t>(job.epoch / 2, 0, 8);
  return {at.now + std::chrono::milliseconds{100} * (std::int64_t{1} << looks),
          fmt::format("the same bytes were submitted with job {}, which has not ended", first_job)};
}

/// Bytes that came over HTTP lie among the blobs since then.
std::variant<identified_file, reject> identify_blob(const upload& from,
                                                    const intake_settings& settings, blobs& store) {
  auto bytes = store.get(from.blob);
  if (!bytes)
    return reject{std::string{codes::FILE_MISSING},
                  fmt::format("{} is not in the storage.blob_dir of this runtime", from.blob)};
  return identify_bytes(from.name, *std::move(bytes), settings);
}

std::variant<identified_file, reject> identify(const upload& from, bool is_sealed,
                                               const intake_settings& settings, blobs& store) {
  if (!from.blob.empty())
    return identify_blob(from, settings, store);
  return identify_file(from.path, settings,
                       is_sealed ? file_reach::anywhere : file_reach::allowed_paths);
}

document_path path_of(const upload& from, const std::string& raw_uri) {
  return {from.owner, from.blob.empty() ? from.path : raw_uri, from.source};
}

/// A file that was changed or deleted meanwhile is no failure where its source looks again.
outcome not_there(const upload& from, reject why) {
  const bool is_passing = why.code == codes::FILE_MISSING || why.code == codes::FILE_CHANGED;
  if (from.source.empty() || !is_passing)
    return why;
  return finish{std::move(why.code), std::move(why.why), {}};
}

/// Whether the first job with these bytes has left a document that stands for this one, too.
bool has_document(const upload& from, const std::string& sha256, job_fate first, documents& known) {
  if (first != job_fate::done)
    return false;
  const auto found = known.find(document_id(from.owner, sha256));
  return found && found->status != document_status::replaced;
}

}  // namespace

outcome take_in(const job& job, const context& at, const intake_settings& settings,
                const file_seal* seal, documents& known, blobs& store) {
  auto parsed = parse_upload(job.payload);
  if (auto* wrong = std::get_if<reject>(&parsed))
    return std::move(*wrong);
  const auto& from = std::get<upload>(parsed);
  const bool is_sealed = seal != nullptr && seal->is_on(from);
  const bool is_path = from.blob.empty();
  const auto& place = is_path ? from.path : from.blob;
  if (!is_sealed && !is_path)
    return blob_not_allowed(from.blob);
  if (!is_sealed && !is_written_below(settings.allowed_paths, from.path))
    return not_allowed(from.path);
  const auto first = from.first_job == 0 || from.first_job == job.id
                         ? job_fate::failed
                         : known.fate_of(from.first_job);
  if (first == job_fate::unfinished)
    return wait_for(from.first_job, job, at);

  auto identified = identify(from, is_sealed, settings, store);
  if (auto* wrong = std::get_if<reject>(&identified))
    return not_there(from, std::move(*wrong));
  auto& file = std::get<identified_file>(identified);
  if (!from.sha256.empty() && from.sha256 != file.sha256)
    return not_there(from,
                     {std::string{codes::FILE_CHANGED},
                      fmt::format("{} has other bytes than those that were submitted", place)});

  if (has_document(from, file.sha256, first, known)) {
    auto id = document_id(from.owner, file.sha256);
    auto why = fmt::format("the same bytes are document {} of job {}", id, from.first_job);
    auto linked = make_effect(effects::link_path{path_of(from, from.blob), std::move(id)});
    return finish{std::string{codes::UPLOAD_DEDUP_HIT}, std::move(why), {std::move(linked)}};
  }

  auto typed = media_type_of(file.bytes, file.name);
  if (auto* wrong = std::get_if<reject>(&typed))
    return std::move(*wrong);

  document doc;
  doc.id = document_id(from.owner, file.sha256);
  doc.owner = from.owner;
  doc.job_id = job.id;
  doc.name = std::move(file.name);
  doc.source_path = is_path ? from.path : from.member ? from.member->source : from.name;
  doc.media_type = std::get<std::string>(std::move(typed));
  doc.size_bytes = file.size_bytes;
  doc.file_sha256 = std::move(file.sha256);
  if (is_path) {
    doc.raw_uri = raw_uri(doc.owner, doc.id, doc.media_type);
    store.put(doc.raw_uri, file.bytes);
  } else {
    doc.raw_uri = from.blob;
  }

  doc.collection = from.collection;
  doc.tags =
      nlohmann::json(job.tags).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);

  auto output = nlohmann::json{{"document_id", doc.id}}.dump();
  auto linked = make_effect(effects::link_path{path_of(from, doc.raw_uri), doc.id});
  advance done;
  done.effects.push_back(make_effect(effects::register_document{std::move(doc)}));
  done.effects.push_back(std::move(linked));
  done.effects.emplace_back(effects::write_output{std::move(output)});
  return done;
}

}  // namespace millrace::ingest
