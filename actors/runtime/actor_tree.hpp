#pragma once

#include "actors/claim/change_notifier.hpp"
#include "actors/inspector/server/server.hpp"
#include "actors/protocol.hpp"
#include "actors/runtime/runtime.hpp"
#include "actors/status/runtime_status.hpp"
#include "actors/store/store_actor.hpp"
#include "actors/supervision/supervisor.hpp"
#include "base/thread_pool.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "storage/runtimes/running_jobs.hpp"

#include <functional>
#include <memory>
#include <vector>

/// The tree of a runtime: which actors there are and how they are wired, for the binary and for
/// tests alike.
namespace millrace::actors {

/// What the tree needs from outside. All of it must outlive the actor system.
struct tree_dependencies {
  const millrace::clock* time = nullptr;
  std::shared_ptr<executor> workers;
  /// The concurrency of a stage that does not say; each stage has threads of its own, beside
  /// `workers`.
  int worker_count = 1;
  std::shared_ptr<storage::crash_journal> journal;
  /// Null where the database has one runtime.
  std::shared_ptr<storage::running_jobs_table> recorder;
  /// Called for each start of the store. The first lane has one and the same thread each time, so
  /// that it opens after what an earlier store has begun there.
  std::function<std::vector<write_connection>()> make_connections;
  /// Null: jobs are found by polling only.
  std::shared_ptr<change_notifier> wake{};
  std::shared_ptr<runtime_status> status = std::make_shared<runtime_status>();
  /// For the inspector's SQL, and for its counting; null: there is no inspector.
  std::shared_ptr<executor> inspector_thread{};
  std::shared_ptr<executor> counting_thread{};
  /// Whose clients it answers; null for none.
  inspector_server* server = nullptr;
};

/// A writer's settings, without a predecessor and without a listener for its number.
writer_settings writer_of(const runtime_settings& settings);

/// The children of the supervisor: store, poller, one handler for each stage, service router,
/// the retention actor where there is an archive; observer: health monitor; optional: inspector.
/// `more` are appended. Throws millrace::error for an unknown handler.
supervisor_actor spawn_tree(caf::actor_system& system, const tree_dependencies& around,
                            const runtime_settings& settings, const runtime_parts& parts,
                            std::shared_ptr<run_report> report, std::vector<child_spec> more = {});

}  // namespace millrace::actors
