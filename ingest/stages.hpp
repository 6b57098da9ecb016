#pragma once

#include "ingest/files/file_seal.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"
#include "pipeline/api.hpp"

#include <memory>
#include <string_view>

namespace millrace::ingest {

/// The handler of the stage that waits where a service parses files.
inline constexpr std::string_view parsing_handler = "ingest.parsing";

/// The built-in pipeline: from a file to searchable chunks with embeddings.
definition ingest_pipeline();

/// What the handlers of the pipeline work with.
struct ingest_parts {
  settings limits;
  std::shared_ptr<documents> known;
  std::shared_ptr<blobs> files;
  std::shared_ptr<service_directory> services;
  /// For a parser and an embedder that wait for a service: calls at once. 0 for one that works
  /// itself.
  int parsing_threads = 0;
  int embedding_threads = 0;
  /// Of `millrace submit`; null where no job has one.
  std::shared_ptr<const file_seal> seal{};
  /// With the same key, for the members of archives and mail: it makes the key where it is missing,
  /// and is used where their bytes were stored, so that the folder of the blobs is there.
  std::shared_ptr<const file_seal> member_seal{};
};

/// Adds the handler of every stage of ingest_pipeline(), named as the stage: `ingest.queued`, ...
void add_ingest_handlers(registry& handlers, const ingest_parts& parts);

}  // namespace millrace::ingest
