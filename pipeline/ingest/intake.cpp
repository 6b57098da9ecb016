#include "pipeline/ingest/intake.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/ingest/digest.hpp"
#include "pipeline/ingest/identify_file.hpp"
#include "pipeline/ingest/media_type.hpp"
#include "pipeline/ingest/upload.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace millrace::pipeline::ingest {

outcome take_in(const job& job, const context&, const intake_settings& settings, blobs& store) {
  auto parsed = parse_upload(job.payload);
  if (auto* wrong = std::get_if<reject>(&parsed))
    return std::move(*wrong);
  const auto& from = std::get<upload>(parsed);

  auto identified = identify_file(from.path, settings);
  if (auto* wrong = std::get_if<reject>(&identified))
    return std::move(*wrong);
  auto& file = std::get<identified_file>(identified);
  if (!from.sha256.empty() && from.sha256 != file.sha256)
    return reject{std::string{codes::FILE_CHANGED},
                  fmt::format("{} has other bytes than those that were submitted", from.path)};

  auto typed = media_type_of(file.bytes, file.name);
  if (auto* wrong = std::get_if<reject>(&typed))
    return std::move(*wrong);

  document known;
  known.id = document_id(from.owner, file.sha256);
  known.owner = from.owner;
  known.job_id = job.id;
  known.name = std::move(file.name);
  known.source_path = from.path;
  known.media_type = std::get<std::string>(std::move(typed));
  known.size_bytes = file.size_bytes;
  known.file_sha256 = std::move(file.sha256);
  known.raw_uri =
      fmt::format("storage://raw/{}/{}.{}", known.owner, known.id, extension_of(known.media_type));
  store.put(known.raw_uri, file.bytes);

  auto output = nlohmann::json{{"document_id", known.id}}.dump();
  advance done;
  done.effects.emplace_back(effects::register_document{std::move(known)});
  done.effects.emplace_back(effects::write_output{std::move(output)});
  return done;
}

}  // namespace millrace::pipeline::ingest
