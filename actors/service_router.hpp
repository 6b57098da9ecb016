#pragma once

#include "actors/protocol.hpp"
#include "pipeline/ingest/services.hpp"
#include "pipeline/ingest/settings.hpp"

#include <cstdint>
#include <memory>

namespace millrace::actors {

/// Decides which parser and which embedder the handlers use, and keeps the directory in which they
/// look them up: the local ones. Initialising asks no service anything.
service_router_actor spawn_service_router(
    caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor,
    const std::shared_ptr<pipeline::ingest::service_directory>& directory,
    const pipeline::ingest::parser_settings& parsers);

}  // namespace millrace::actors
