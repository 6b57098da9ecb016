#pragma once

#include "actors/protocol.hpp"
#include "actors/status/health_rules.hpp"
#include "actors/status/runtime_status.hpp"

#include <cstdint>
#include <memory>

namespace millrace::actors {

struct health_settings {
  /// How often it looks.
  duration interval{};
  health_limits limits;
  /// Never null. It is told of every look.
  std::shared_ptr<runtime_status> status;
};

/// Watches the runtime from inside: pings every actor, probes the database, and looks at the lag
/// and at the disk, and asks the router about its services and the retention actor how it fares,
/// each on its own schedule; nothing waits for an answer. Logs every change of health with its
/// reasons, once a minute what was done in it, and stops the poller while the disk is nearly full.
health_monitor_actor spawn_health_monitor(caf::local_actor& parent, std::uint32_t generation,
                                          const supervisor_actor& supervisor,
                                          const health_settings& settings);

}  // namespace millrace::actors
