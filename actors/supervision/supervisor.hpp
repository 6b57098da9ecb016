#pragma once

#include "actors/protocol.hpp"
#include "actors/status/runtime_status.hpp"
#include "base/time.hpp"
#include "storage/db/stall_timeout.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// When a child is spawned, and with which others it is restarted.
enum class child_role : std::uint8_t {
  /// Holds jobs: when one of these crashes, all of them are restarted, with a new identity of the
  /// runtime, and what they held is rescued, as after a crash of the process.
  core,
  /// Spawned with the core, restarted alone.
  helper,
  /// Spawned when all of the others have reported init-complete; restarted alone.
  observer,
  /// As an observer; but when it cannot start, or crashes too often, the others go on without it.
  optional,
};

struct child_spec {
  std::string name;
  child_role role = child_role::helper;
  /// Spawns the child. It must send `init_complete{name, generation}` to the supervisor.
  std::function<caf::strong_actor_ptr(caf::local_actor& parent, std::uint32_t generation,
                                      const supervisor_actor& supervisor)>
      spawn;
};

struct supervisor_settings {
  duration init_timeout{};
  duration shutdown_grace{};
  int max_restarts = 0;
  duration restart_window{};
};

/// How the tree ended; written before the supervisor ends.
struct run_report {
  std::mutex mutex;
  /// Why it could not start or go on; empty when it was told to stop or went idle.
  std::string failure;
  bool went_idle = false;
  /// The database took no writes at the end, and is not to be waited for.
  bool gave_up_database = false;
  /// From when the children are stopped on, or the database is given up.
  std::optional<storage::stall_guard::last_wait> last_wait;
};

/// What the supervisor does with its children at the moments it decides.
struct tree_hooks {
  /// All children spawned so far have reported: wire them and let work begin. Also after the core
  /// was restarted.
  std::function<void(caf::local_actor& parent)> start_work;
  /// An observer has been started, for the first time or again, or the core was.
  std::function<void(caf::local_actor& parent)> watch;
  /// Nothing new may be taken in.
  std::function<void(caf::local_actor& parent)> drain;
  /// Ask for write_confirmed. Null: the database is taken to answer.
  std::function<void(caf::local_actor& parent)> confirm_write;
  /// The grace is over: give back what is left.
  std::function<void(caf::local_actor& parent)> release;
};

/// Spawns the children in order, waits for every init-complete, then and only then begins the work
/// and spawns the observers; restarts a crashed child with backoff, within an intensity; at the end
/// drains, gives back what is left after the grace, and stops the children in reverse order. The
/// runtime_status is kept true all the while.
supervisor_actor spawn_supervisor(caf::actor_system& system, std::vector<child_spec> children,
                                  tree_hooks hooks, const supervisor_settings& settings,
                                  std::shared_ptr<run_report> report,
                                  std::shared_ptr<runtime_status> status);

}  // namespace millrace::actors
