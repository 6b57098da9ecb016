#pragma once

#include "actors/protocol.hpp"
#include "base/thread_pool.hpp"
#include "pipeline/services/service.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace millrace::actors {

struct router_settings {
  /// See runtime_parts.
  std::function<void()> provide_services{};
  std::vector<std::shared_ptr<pipeline::remote::service>> remote{};
  /// On which the remote services are probed and the installation is checked; may be null when
  /// there is neither.
  std::shared_ptr<executor> prober{};
  /// May be null.
  std::shared_ptr<pipeline::troubles> troubles{};
  /// See runtime_parts.
  std::function<void()> check_installation{};
  duration check_interval = std::chrono::seconds{5};
};

/// Provides the services that handlers use, and probes those that are reached over a network.
/// Initialising asks no service anything, and nothing ever waits for a probe.
service_router_actor spawn_service_router(caf::local_actor& parent, std::uint32_t generation,
                                          const supervisor_actor& supervisor,
                                          const router_settings& settings);

}  // namespace millrace::actors
