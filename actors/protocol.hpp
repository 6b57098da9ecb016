#pragma once

#include "actors/caf.hpp"
#include "pipeline/job.hpp"
#include "pipeline/services/service_health.hpp"
#include "pipeline/troubles.hpp"
#include "storage/claim/claim_request.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/jobs/types.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Every interface between actors, on one page: commands are verbs, replies are facts, and what
/// carries jobs carries batches. None of these messages leaves the process.
namespace millrace::actors {

// Every actor answers the health monitor.
struct ping {
  using local_message = void;
};
struct pong {
  using local_message = void;
};

// Starting and stopping. A component reports once that it can work.
struct init_complete {
  using local_message = void;
  std::string component;
  std::uint32_t generation = 0;
};
/// The component can never work; the runtime ends with this reason.
struct init_failed {
  using local_message = void;
  std::string component;
  std::string why;
};
/// Take in nothing new; what is being worked on may end.
struct drain {
  using local_message = void;
};
/// Give back whatever is not settled, now.
struct release_jobs {
  using local_message = void;
};
/// The database has taken a write.
struct write_confirmed {
  using local_message = void;
};
/// No job of this runtime is unsettled any more. Sent after `drain`.
struct drained {
  using local_message = void;
};
/// Nothing is left to do, now or later. Sent when the runtime runs until idle.
struct gone_idle {
  using local_message = void;
};
/// End in order: drain, give back what is left after the grace (at once when told again), stop.
struct stop_runtime {
  using local_message = void;
};
/// The same, but it may be said twice: nothing is cut short by it.
struct drain_runtime {
  using local_message = void;
};

// The store.
struct claim_jobs {
  using local_message = void;
  int limit = 0;
  storage::stage_rooms rooms{};
  /// Of payloads and outputs.
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
  /// Where the database can tell: only if another connection has changed it since the last claim.
  bool only_if_changed = false;
};
struct jobs_claimed {
  using local_message = void;
  storage::claim_result result;
  /// The database had not changed, so it was not searched.
  bool unchanged = false;
};
struct settle_jobs {
  using local_message = void;
  std::vector<storage::settlement> settlements;
};
/// The settlements come back with what became of each, in order; and those that were not written,
/// for another session of the database holds their jobs: to be given again after a while.
struct jobs_settled {
  using local_message = void;
  std::vector<storage::settlement> settlements;
  std::vector<storage::settled> results;
  std::vector<storage::settlement> held;
};
struct read_controls {
  using local_message = void;
};
/// What people asked for: working jobs to end, stages that must start nothing.
struct controls_read {
  using local_message = void;
  std::vector<pipeline::job_id> cancel;
  std::vector<storage::paused_stage> paused;
};
struct probe_database {
  using local_message = void;
};
/// Tell the supervisor, with write_confirmed, when the database has next taken a write.
struct confirm_write {
  using local_message = void;
};
struct database_probed {
  using local_message = void;
  /// How long the oldest job that could be claimed has waited; 0 when none waits.
  std::int64_t lag_us = 0;
  std::int64_t free_bytes = 0;
  /// Empty when the last write succeeded.
  std::string trouble;
  /// What is wrong with the clock; empty for nothing.
  std::string clock;
  /// What waits for locks of other sessions, and of which; empty when nothing does.
  std::string held;
  /// What has kept the database from forgetting what died; empty for nothing.
  std::string horizon;
  /// For how long something has, also where that is no trouble yet; nothing where it is not known.
  std::optional<duration> horizon_age{};
};

using store_actor =
    actor_of<caf::result<jobs_claimed>(claim_jobs), caf::result<jobs_settled>(settle_jobs),
             caf::result<controls_read>(read_controls),
             caf::result<database_probed>(probe_database), caf::result<void>(confirm_write),
             caf::result<pong>(ping)>;

// Stage handlers: one a stage. `begin_work` wires them to each other.
struct begin_work;
struct take_jobs {
  using local_message = void;
  std::vector<pipeline::job> jobs;
  /// They were claimed after the controls that were last sent: if the stage was paused, it no
  /// longer is.
  bool newer_than_controls = false;
};
struct apply_controls {
  using local_message = void;
  controls_read controls;
};

using stage_actor = actor_of<caf::result<void>(begin_work), caf::result<void>(take_jobs),
                             caf::result<void>(apply_controls), caf::result<void>(drain),
                             caf::result<void>(release_jobs), caf::result<pong>(ping)>;

/// The handler of each stage: `stages[pipeline][stage]`.
using stage_routes = std::vector<std::vector<stage_actor>>;

struct begin_work {
  using local_message = void;
  stage_routes routes;
};

// The poller: the keeper of credit.
struct give_back_credit {
  using local_message = void;
  int jobs = 0;
  /// Of payloads and outputs, as they were claimed.
  std::size_t bytes = 0;
  /// Stages of which some wait in the database again.
  std::set<storage::stage_rooms::place> queued{};
};
/// A stage has room for jobs again.
struct use_room {
  using local_message = void;
};
/// Whether jobs may be claimed; the health monitor closes it when the disk is nearly full.
struct admit_jobs {
  using local_message = void;
  bool admit = true;
  std::string why;
};

/// There may be new jobs.
struct look_for_jobs {
  using local_message = void;
};

using poller_actor =
    actor_of<caf::result<void>(begin_work), caf::result<void>(give_back_credit),
             caf::result<void>(use_room), caf::result<void>(admit_jobs),
             caf::result<void>(look_for_jobs), caf::result<void>(drain), caf::result<pong>(ping)>;

// The service router decides which parser and embedder the handlers use.
/// Answered at once, with what was seen last; the first one begins the probes.
struct get_services {
  using local_message = void;
};
/// How the services that are reached over a network fare, and what else is out of order.
struct services_seen {
  using local_message = void;
  std::vector<pipeline::remote::service_health> all;
  std::vector<pipeline::trouble> troubles{};
};

using service_router_actor =
    actor_of<caf::result<services_seen>(get_services), caf::result<pong>(ping)>;

// The retention actor archives what is old, and deletes it.
/// Answered at once; the first one lets it begin.
struct get_retention {
  using local_message = void;
};
struct retention_seen {
  using local_message = void;
  /// Why nothing is deleted; empty when it is.
  std::string trouble;
};

using retention_actor =
    actor_of<caf::result<retention_seen>(get_retention), caf::result<pong>(ping)>;

// The health monitor.
enum class health_state : std::uint8_t { healthy, degraded, unhealthy };
struct get_health {
  using local_message = void;
};
struct health {
  using local_message = void;
  health_state state = health_state::healthy;
  std::vector<std::string> reasons;
};

/// Which actors to watch; sent again when children were restarted.
struct watch_actors {
  using local_message = void;
  std::vector<std::pair<std::string, caf::actor>> all;
  store_actor store;
  poller_actor poller;
  service_router_actor router;
  /// Null where there is none.
  retention_actor retention;
};

using health_monitor_actor = actor_of<caf::result<void>(watch_actors),
                                      caf::result<health>(get_health), caf::result<pong>(ping)>;

// The supervisor.
struct get_components {
  using local_message = void;
};
struct component {
  std::string name;
  caf::actor handle;
};
/// The children that are alive, in the order in which they were spawned.
struct components {
  using local_message = void;
  std::vector<component> alive;
  /// Work has begun: jobs are claimed.
  bool running = false;
};

using supervisor_actor =
    actor_of<caf::result<void>(init_complete), caf::result<void>(init_failed),
             caf::result<void>(drained), caf::result<void>(gone_idle),
             caf::result<void>(write_confirmed), caf::result<void>(stop_runtime),
             caf::result<void>(drain_runtime), caf::result<components>(get_components)>;

}  // namespace millrace::actors
