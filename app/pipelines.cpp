#include "app/pipelines.hpp"

namespace millrace::app {

std::vector<pipeline::definition> built_in_pipelines() {
  pipeline::definition ingest{"ingest", {}};
  for (const auto* name :
       {"queued", "job_validated", "parsing", "parsed", "parse_validated", "chunking",
        "chunks_buffered", "chunked", "embedding", "embeddings_buffered", "embedded"}) {
    auto& stage = ingest.stages.emplace_back();
    stage.name = name;
    stage.handler = std::string{"ingest."} + name;
  }
  return {ingest};
}

}  // namespace millrace::app
