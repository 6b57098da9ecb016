#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/ingest/services.hpp"
#include "pipeline/ingest/settings.hpp"
#include "pipeline/registry.hpp"

#include <memory>

namespace millrace::pipeline::ingest {

/// The built-in pipeline: from a file to searchable chunks with embeddings.
definition ingest_pipeline();

/// What the handlers of the pipeline work with.
struct ingest_parts {
  settings limits;
  std::shared_ptr<documents> known;
  std::shared_ptr<blobs> files;
  std::shared_ptr<service_directory> services;
  /// For an embedder that waits for a service: calls at once. 0 for one that works itself.
  int embedding_threads = 0;
};

/// Adds the handler of every stage of ingest_pipeline(), named as the stage: `ingest.queued`, ...
void add_ingest_handlers(registry& handlers, const ingest_parts& parts);

}  // namespace millrace::pipeline::ingest
