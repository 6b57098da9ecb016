#include "actors/runtime/actor_tree.hpp"

#include "actors/claim/poller.hpp"
#include "actors/inspector/server/inspector.hpp"
#include "actors/maintenance/retention_actor.hpp"
#include "actors/services/service_router.hpp"
#include "actors/stage/stage_runner.hpp"
#include "actors/status/health_monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::actors {
namespace {

/// The handles of the children that are wired to each other. It lives in the supervisor's state and
/// dies with it: handles kept anywhere else would keep actors alive.
struct tree {
  store_actor store;
  poller_actor poller;
  stage_routes stages;
  service_router_actor router;
  retention_actor retention;
  health_monitor_actor health;
  local_inspector_actor inspector;

  template <class Message>
  void tell_stages(caf::local_actor& from, const Message& msg) const {
    for (const auto& pipeline : stages)
      for (const auto& stage : pipeline)
        tell(from, stage, msg);
  }

  /// A child that has crashed and is not back yet hears nothing; it is wired when it is.
  template <class Handle, class Message>
  static void tell(caf::local_actor&, const Handle& to, const Message& msg) {
    if (to)
      caf::anon_send(to, msg);
  }
};

template <class Handle>
caf::strong_actor_ptr keep(Handle& place, Handle spawned) {
  place = std::move(spawned);
  return caf::actor_cast<caf::strong_actor_ptr>(place);
}

/// The executor of a stage, which is its own: while its handlers wait, those of others work. And
/// how many are at work at once.
struct stage_executor {
  std::shared_ptr<executor> workers;
  int concurrency = 1;
};

stage_executor workplace_of(const pipeline::stage_definition& stage,
                            const pipeline::handler_traits& traits,
                            const tree_dependencies& around) {
  const int by_default = traits.threads > 0 ? traits.threads : around.worker_count;
  const int threads = stage.concurrency > 0 ? stage.concurrency : by_default;
  return {around.workers->beside(static_cast<unsigned>(threads)), threads};
}

child_spec stage_spec(const std::shared_ptr<tree>& t, const stage_settings& stage) {
  const auto& plan = stage.pipelines->at(stage.pipeline);
  return {stage_actor_name(plan.name, plan.stages[stage.stage].name), child_role::core,
          [t, stage](caf::local_actor& parent, std::uint32_t generation,
                     const supervisor_actor& supervisor) {
            return keep(
                t->stages[stage.pipeline][stage.stage],
                spawn_stage_handler(parent, generation, supervisor, t->store, t->poller, stage));
          }};
}

claim_credit_settings pace_of(const runtime_settings& settings) {
  return {.in_flight = settings.in_flight,
          .in_flight_bytes = static_cast<std::size_t>(settings.in_flight_bytes),
          .claim_batch = settings.claim_batch,
          .idle_min = settings.poll_interval_min,
          .idle_max = settings.poll_interval_max};
}

std::vector<child_spec> stage_specs(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                                    const runtime_settings& settings, const runtime_parts& parts,
                                    const std::shared_ptr<intakes>& rooms) {
  const claim_credit_settings pace = pace_of(settings);
  const auto tracer =
      parts.traces ? std::make_shared<job_tracer>(parts.traces, parts.pipelines) : nullptr;
  std::vector<child_spec> specs;
  const auto& pipelines = parts.pipelines.pipelines();
  t->stages.resize(pipelines.size());
  rooms->resize(pipelines.size());
  for (std::size_t p = 0; p < pipelines.size(); ++p) {
    t->stages[p].resize(pipelines[p].stages.size());
    for (std::size_t s = 0; s < pipelines[p].stages.size(); ++s) {
      const auto& stage = pipelines[p].stages[s];
      auto handler = parts.handlers.make(stage.handler, {pipelines[p].name, stage});
      const int batch = stage.batch > 0 ? stage.batch : handler.traits.batch;
      const auto batch_time = stage.batch > 0 ? duration{0} : handler.traits.batch_time;
      auto where = workplace_of(stage, handler.traits, around);
      rooms->at(p).push_back(
          std::make_shared<intake>(where.concurrency, pace.in_flight, worth_a_claim(pace)));
      specs.push_back(stage_spec(t, {.pipeline = static_cast<std::uint16_t>(p),
                                     .stage = static_cast<std::uint16_t>(s),
                                     .pipelines = &parts.pipelines,
                                     .handler = std::move(handler),
                                     .concurrency = where.concurrency,
                                     .batch = batch,
                                     .batch_time = batch_time,
                                     .time = around.time,
                                     .workers = std::move(where.workers),
                                     .journal = around.journal,
                                     .recorder = around.recorder,
                                     .rooms = rooms,
                                     .rules = rules_of(settings),
                                     .metrics = around.status->stage(pipelines[p].name, stage.name),
                                     .progress = around.status->progress(),
                                     .tally = around.status->tally(),
                                     .tracer = tracer}));
    }
  }
  return specs;
}

std::vector<std::pair<std::string, caf::actor>> everybody(const tree& t,
                                                          const runtime_parts& parts) {
  std::vector<std::pair<std::string, caf::actor>> all;
  const auto add = [&](std::string name, const auto& actor) {
    if (actor)
      all.emplace_back(std::move(name), caf::actor_cast<caf::actor>(actor));
  };
  add("store", t.store);
  add("poller", t.poller);
  for (std::size_t p = 0; p < t.stages.size(); ++p)
    for (std::size_t s = 0; s < t.stages[p].size(); ++s)
      add(stage_actor_name(parts.pipelines.pipelines()[p].name,
                           parts.pipelines.pipelines()[p].stages[s].name),
          t.stages[p][s]);
  add("service_router", t.router);
  add("archivist", t.retention);
  return all;
}

watch_actors watched_by_health_monitor(const tree& t, const runtime_parts& parts) {
  return {everybody(t, parts), t.store, t.poller, t.router, t.retention};
}

storage::retention_settings retention_of(const runtime_settings& settings,
                                         const runtime_parts& parts) {
  return storage::with_pipelines(settings.retention, parts.pipelines);
}

/// SQLite has one writer, which the store is; elsewhere nothing that is deleted keeps the store
/// waiting.
bool has_retention_actor(const runtime_settings& settings, const runtime_parts& parts) {
  return storage::dialect_of(settings.database.url) == storage::dialect::postgres ||
         retention_of(settings, parts).archives();
}

child_spec store_spec(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                      const runtime_settings& settings, const runtime_parts& parts) {
  const auto kept = retention_of(settings, parts);
  const bool cleans_up = !kept.keeps_all() && !has_retention_actor(settings, parts);
  const store_settings how{
      .heartbeat = settings.heartbeat,
      .clean_up_interval = cleans_up ? settings.retention_interval : duration{0},
      .keeps_schedules = !parts.schedules.empty(),
      .befell = around.status->befell()};
  return {
      "store", child_role::core,
      [=](caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor) {
        return keep(t->store,
                    spawn_store(parent, generation, supervisor, around.make_connections(), how));
      }};
}

child_spec poller_spec(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                       const runtime_settings& settings,
                       const std::shared_ptr<const intakes>& rooms) {
  return {
      "poller", child_role::core,
      [=](caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor) {
        return keep(t->poller, spawn_poller(parent, generation, supervisor, t->store, *around.time,
                                            {.pace = pace_of(settings),
                                             .controls_interval = settings.controls_interval,
                                             .until_idle = settings.until_idle,
                                             .tally = around.status->tally(),
                                             .rooms = rooms}));
      }};
}

child_spec router_spec(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                       const runtime_settings& settings, const runtime_parts& parts) {
  const router_settings what{.provide_services = parts.provide_services,
                             .remote = parts.remote,
                             .prober = parts.remote.empty() && !parts.check_installation
                                           ? nullptr
                                           : around.workers->beside(1),
                             .troubles = parts.troubles,
                             .check_installation = parts.check_installation,
                             .check_interval = settings.health_interval};
  return {
      "service_router", child_role::helper,
      [=](caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor) {
        return keep(t->router, spawn_service_router(parent, generation, supervisor, what));
      }};
}

child_spec retention_spec(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                          const runtime_settings& settings, const runtime_parts& parts) {
  const retention_actor_settings what{.database = settings.database,
                                      .retention = retention_of(settings, parts),
                                      .interval = settings.retention_interval,
                                      .time = around.time,
                                      .thread = around.workers->beside(1)};
  return {
      "archivist", child_role::helper,
      [=](caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor) {
        return keep(t->retention, spawn_retention_actor(parent, generation, supervisor, what));
      }};
}

child_spec health_spec(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                       const runtime_settings& settings) {
  const health_settings health{settings.health_interval,
                               {settings.health_hung_after, settings.health_max_lag,
                                settings.min_free_disk, settings.health_max_dead},
                               around.status};
  return {
      "health_monitor", child_role::observer,
      [=](caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor) {
        return keep(t->health, spawn_health_monitor(parent, generation, supervisor, health));
      }};
}

child_spec inspector_spec(const std::shared_ptr<tree>& t, const tree_dependencies& around,
                          const runtime_settings& settings, const runtime_parts& parts) {
  inspector_settings what{.status = around.status,
                          .pipelines = &parts.pipelines,
                          .time = around.time,
                          .database_thread = around.inspector_thread,
                          .counting_thread = around.counting_thread,
                          .database = settings.database,
                          .data_dir = settings.data_dir,
                          .version = settings.version,
                          .started_at = around.time->now(),
                          .in_flight = settings.in_flight,
                          .rules = rules_of(settings),
                          .worker_count = around.worker_count,
                          .hung_after = settings.health_hung_after,
                          .server = around.server};
  return {
      "inspector", child_role::optional,
      [=](caf::local_actor& parent, std::uint32_t generation, const supervisor_actor& supervisor) {
        return keep(t->inspector, spawn_inspector(parent, generation, supervisor, what));
      }};
}

tree_hooks hooks_of(const std::shared_ptr<tree>& t, const runtime_parts& parts,
                    const std::shared_ptr<change_notifier>& wake) {
  return {
      .start_work =
          [t, wake](caf::local_actor& from) {
            const begin_work begin{t->stages};
            // Handlers know their routes before the poller sends the first job.
            t->tell_stages(from, begin);
            tree::tell(from, t->poller, begin);
            if (wake)
              wake->wake(t->poller);
          },
      .watch =
          [t, &parts](caf::local_actor& from) {
            tree::tell(from, t->health, watch_actors{watched_by_health_monitor(*t, parts)});
            tree::tell(from, t->inspector, meet_observers{t->health, t->router});
          },
      .drain =
          [t](caf::local_actor& from) {
            t->tell_stages(from, drain{});
            tree::tell(from, t->poller, drain{});
          },
      .confirm_write = [t](caf::local_actor& from) { tree::tell(from, t->store, confirm_write{}); },
      .release = [t](caf::local_actor& from) { t->tell_stages(from, release_jobs{}); }};
}

}  // namespace

writer_settings writer_of(const runtime_settings& settings) {
  return {.database = settings.database,
          .data_dir = settings.data_dir,
          .version = settings.version,
          .lease = settings.lease,
          .controls_interval = settings.controls_interval,
          .longest_transaction = settings.health_max_transaction,
          .process = settings.process,
          .fleet = nullptr,
          .rules = rules_of(settings),
          .retention = settings.retention,
          .predecessor = {},
          .running = {},
          .became = {}};
}

supervisor_actor spawn_tree(caf::actor_system& system, const tree_dependencies& around,
                            const runtime_settings& settings, const runtime_parts& parts,
                            std::shared_ptr<run_report> report, std::vector<child_spec> more) {
  auto t = std::make_shared<tree>();
  std::vector<child_spec> children;
  children.push_back(store_spec(t, around, settings, parts));
  const auto rooms = std::make_shared<intakes>();
  auto stages = stage_specs(t, around, settings, parts, rooms);
  children.push_back(poller_spec(t, around, settings, rooms));
  std::move(stages.begin(), stages.end(), std::back_inserter(children));
  children.push_back(router_spec(t, around, settings, parts));
  if (has_retention_actor(settings, parts))
    children.push_back(retention_spec(t, around, settings, parts));
  children.push_back(health_spec(t, around, settings));
  if (around.inspector_thread)
    children.push_back(inspector_spec(t, around, settings, parts));
  std::move(more.begin(), more.end(), std::back_inserter(children));
  return spawn_supervisor(system, std::move(children), hooks_of(t, parts, around.wake),
                          {.init_timeout = settings.init_timeout,
                           .shutdown_grace = settings.shutdown_grace,
                           .max_restarts = settings.max_restarts,
                           .restart_window = settings.restart_window},
                          std::move(report), around.status);
}

}  // namespace millrace::actors
