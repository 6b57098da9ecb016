#pragma once

#include "base/thread_pool.hpp"
#include "actors/protocol.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"
#include "pipeline/services/service.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace millrace::actors {

struct router_settings {
  /// In which the handlers look up what they use.
  std::shared_ptr<pipeline::ingest::service_directory> directory;
  pipeline::ingest::parser_settings parsers;
  /// Null where files are parsed here.
  std::shared_ptr<const pipeline::ingest::remote_parser> parser;
  /// Null for the local one.
  std::shared_ptr<const pipeline::ingest::embedder> embedder;
  std::vector<std::shared_ptr<pipeline::remote::service>> remote;
  /// On which the remote services are probed and the installation is checked; may be null when
  /// there is neither.
  std::shared_ptr<executor> prober;
  /// May be null.
  std::shared_ptr<pipeline::troubles> troubles{};
  /// See runtime_parts.
  std::function<void()> check_installation{};
  pipeline::duration check_interval = std::chrono::seconds{5};
};

/// Decides which parser and which embedder the handlers use, keeps the directory in which they look
/// them up, and probes the services that are reached over a network. Initialising asks no service
/// anything, and nothing ever waits for a probe.
service_router_actor spawn_service_router(caf::local_actor& parent, std::uint32_t generation,
                                          const supervisor_actor& supervisor,
                                          const router_settings& settings);

}  // namespace millrace::actors
