#include "app/handlers.hpp"

#include "app/services.hpp"
#include "pipeline/ingest/stages.hpp"
#include "storage/blob_store.hpp"
#include "storage/document_store.hpp"

#include <memory>
#include <utility>

namespace millrace::app {

actors::runtime_parts make_parts(const configuration& config) {
  const auto& runtime = config.values.runtime;
  actors::runtime_parts parts;
  parts.pipelines = pipeline::catalog{config.pipelines};
  parts.services = std::make_shared<pipeline::ingest::service_directory>();
  auto made = make_services(config.values);
  parts.parser = std::move(made.parser);
  parts.embedder = std::move(made.embedder);
  parts.remote = std::move(made.remote);
  parts.webhooks = make_webhooks(config.values.parser);
  pipeline::add_basic_handlers(parts.handlers);
  pipeline::ingest::add_ingest_handlers(
      parts.handlers, {.limits = config.values.ingest,
                       .known = std::make_shared<storage::document_store>(runtime.database),
                       .files = std::make_shared<storage::blob_store>(config.values.blob_dir),
                       .services = parts.services,
                       .parsing_threads = made.parser_calls,
                       .embedding_threads = made.embedder_calls});
  return parts;
}

}  // namespace millrace::app
