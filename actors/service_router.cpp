#include "actors/service_router.hpp"

#include "actors/gauge.hpp"
#include "pipeline/ingest/hashing_embedder.hpp"
#include "pipeline/ingest/local_parsers.hpp"

namespace millrace::actors {
namespace {

struct router_state {
  static inline const char* name = "service_router";
};

service_router_actor::behavior_type service_router(
    gauged<service_router_actor, router_state> self, std::uint32_t generation,
    const supervisor_actor& supervisor,
    const std::shared_ptr<pipeline::ingest::service_directory>& directory,
    const pipeline::ingest::parser_settings& parsers) {
  harden(self);
  pipeline::ingest::use_local_parsers(*directory, parsers);
  directory->use_embedder(std::make_shared<pipeline::ingest::hashing_embedder>());
  self->send(supervisor, init_complete{self->state.name, generation});
  return {[](ping) { return pong{}; }};
}

}  // namespace

service_router_actor spawn_service_router(
    caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor,
    const std::shared_ptr<pipeline::ingest::service_directory>& directory,
    const pipeline::ingest::parser_settings& parsers) {
  return parent.spawn(service_router, generation, supervisor, directory, parsers);
}

}  // namespace millrace::actors
