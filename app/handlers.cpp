#include "app/handlers.hpp"

#include <memory>

namespace millrace::app {

actors::runtime_parts make_parts(const configuration& config) {
  actors::runtime_parts parts;
  parts.pipelines = pipeline::catalog{config.pipelines};
  parts.services = std::make_shared<pipeline::ingest::service_directory>();
  pipeline::add_basic_handlers(parts.handlers);
  return parts;
}

}  // namespace millrace::app
