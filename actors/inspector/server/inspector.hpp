#pragma once

#include "actors/inspector/protocol/requests.hpp"
#include "actors/inspector/server/server.hpp"
#include "actors/protocol.hpp"
#include "actors/status/runtime_status.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rules.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace millrace::actors {

/// What an inspector needs. The catalog and the clock must outlive it.
struct inspector_settings {
  std::shared_ptr<runtime_status> status;
  const pipeline::catalog* pipelines = nullptr;
  const millrace::clock* time = nullptr;
  /// For SQL, and for counting: that may take long, and no other work waits for it.
  std::shared_ptr<executor> database_thread;
  std::shared_ptr<executor> counting_thread;
  storage::database_settings database;
  std::filesystem::path data_dir;
  std::string version;
  time_point started_at;
  int in_flight = 0;
  storage::job_rules rules;
  /// Handlers at once in a stage that does not say.
  int worker_count = 1;
  /// A message that has been in hand for so long hangs.
  duration hung_after{};
  /// Whose sessions it answers; null for none. It outlives the inspector.
  inspector_server* server = nullptr;
};

/// The actors that it asks for the runtime's health, and for its services.
struct meet_observers {
  using local_message = void;
  health_monitor_actor health_monitor;
  service_router_actor router;
};

/// What the tree says to it beside what every client may.
using local_inspector_actor =
    with_private<inspector_actor, caf::result<void>(meet_observers), caf::result<pong>(ping)>;

/// Answers the clients that attach to the runtime: what its actors do is read from the status
/// without asking them; jobs are counted on another thread, and an answer waits for that a tenth of
/// a second at most. Where there is a server it has a thread of its own, so that it answers also
/// while the others hang. It changes nothing that the runtime depends on and may crash at any time.
local_inspector_actor spawn_inspector(caf::local_actor& parent, std::uint32_t generation,
                                      const supervisor_actor& supervisor,
                                      const inspector_settings& settings);

}  // namespace millrace::actors
