#include "actors/runtime.hpp"

#include "actors/census.hpp"
#include "actors/gate.hpp"
#include "actors/log.hpp"
#include "actors/quiet_config.hpp"
#include "actors/signals.hpp"
#include "actors/tree.hpp"
#include "actors/waker.hpp"
#include "actors/webhook_listener.hpp"
#include "actors/writer_factory.hpp"
#include "pipeline/check.hpp"
#include "storage/change_listener.hpp"
#include "storage/error.hpp"

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

/// Null where nobody can attach: then the runtime goes on without an inspector. Where others are to
/// attach from elsewhere, it must be possible.
std::unique_ptr<gate> open_gate(const runtime_settings& settings) {
  if (!settings.inspector_enabled)
    return nullptr;
  gate_settings how{settings.data_dir, settings.version, std::nullopt};
  if (!settings.inspector_listen.empty()) {
    const auto at = parse_host_port(settings.inspector_listen);
    MILLRACE_CHECK(at.has_value());
    how.listen = {*at, settings.inspector_files};
    return std::make_unique<gate>(how);
  }
  try {
    return std::make_unique<gate>(how);
  } catch (const storage::error& e) {
    log_event(log_level::warning, "INSPECTOR_UNREACHABLE", {{"why", e.why()}, {"next", e.next()}});
    return nullptr;
  }
}

/// Null where nobody calls.
std::unique_ptr<webhook_listener> listen_for_webhooks(const runtime_settings& settings,
                                                      const runtime_parts& parts,
                                                      const pipeline::clock& time) {
  if (!parts.webhooks)
    return nullptr;
  const auto jobs =
      std::make_shared<census>(settings.database, parts.pipelines, rules_of(settings), time);
  return std::make_unique<webhook_listener>(
      *parts.webhooks, time, [jobs](pipeline::job_id id) { return jobs->hasten(id); });
}

/// An embedded database has one writer.
unsigned settlers_of(const runtime_settings& settings) {
  return storage::dialect_of(settings.database.url) == storage::dialect::postgres
             ? static_cast<unsigned>(settings.writers - 1)
             : 0;
}

/// Null where the database has one runtime: there the journal says what is in hand.
std::shared_ptr<storage::flight_recorder> make_recorder(const storage::database_settings& from) {
  return storage::dialect_of(from.url) == storage::dialect::postgres
             ? std::make_shared<storage::flight_recorder>(from)
             : nullptr;
}

std::unique_ptr<storage::change_listener> listen_to(const runtime_settings& settings) {
  return storage::listen_for_changes(
      settings.database, std::chrono::ceil<std::chrono::milliseconds>(settings.heartbeat));
}

/// Ends the lease. The database may be away by now; then the lease runs out by itself.
void sign_off(const writer_factory& writers) {
  try {
    if (writers.last())
      writers.last()->close();
  } catch (const storage::error& e) {
    log_event(log_level::warning, "LEASE_NOT_ENDED", {{"why", e.why()}});
  }
}

/// Runs the tree until it has ended; the actor system is gone when this returns. False when the
/// thread of the waker, or of the inspector, does not end.
bool run_tree(signal_waiter& signals, const surroundings& outside, const runtime_settings& settings,
              const runtime_parts& parts, const std::shared_ptr<run_report>& report) {
  const auto way_in = open_gate(settings);
  quiet_config config;
  caf::actor_system system{config};
  const auto inspecting = std::make_shared<thread_pool>(1);
  const auto counting = std::make_shared<thread_pool>(1);
  auto around = outside;
  if (way_in) {
    around.way_in = way_in.get();
    around.inspector_thread = inspecting;
    around.counting_thread = counting;
  }
  {
    const auto supervisor = spawn_tree(system, around, settings, parts, report);
    caf::actor_cast<caf::strong_actor_ptr>(supervisor)
        ->get()
        ->attach_functor([&signals](const caf::error&) { signals.notify(); });
    while (signals.wait() == signal_waiter::woken_by::signal)
      caf::anon_send<caf::message_priority::high>(supervisor, stop_runtime{});
  }
  system.await_all_actors_done();
  const bool inspecting_ended = inspecting->stop(1s) && counting->stop(1s);
  // Before the system goes: the waker must not send into it any more.
  return around.wake->stop(1s) && inspecting_ended;
}

}  // namespace

run_outcome run(const runtime_settings& settings, const runtime_parts& parts) {
  // Before any thread: one that does not block the signals would be ended by them.
  signal_waiter signals;
  storage::make_data_dir(settings.data_dir);
  const storage::runtime_lock lock{settings.data_dir};
  const auto hands = std::make_shared<storage::hand_journal>(settings.data_dir);
  const pipeline::system_clock time;
  const auto recorder = make_recorder(settings.database);
  const auto board = std::make_shared<roster>();
  writer_factory writers{settings, parts, time, hands, recorder, board};

  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  const auto workers = settings.worker_threads > 0 ? settings.worker_threads : cores;
  const auto report = std::make_shared<run_report>();
  run_outcome outcome;
  log_event(log_level::info, "RUNTIME_STARTING",
            {{"pid", std::int64_t{getpid()}}, {"version", settings.version}});
  {
    const auto pool = std::make_shared<thread_pool>(workers);
    const auto database = std::make_shared<thread_pool>(1);
    const auto settler_count = settlers_of(settings);
    const auto settlers = std::make_shared<thread_pool>(settler_count);
    const auto make_lanes = [&] {
      std::vector<store_lane> lanes{{writers.make(), database}};
      for (unsigned i = 0; i < settler_count; ++i)
        lanes.push_back({writers.make_settler(), settlers});
      return lanes;
    };
    const auto webhooks = listen_for_webhooks(settings, parts, time);
    const bool waker_ended = run_tree(signals,
                                      {.time = &time,
                                       .workers = pool,
                                       .worker_count = static_cast<int>(workers),
                                       .hands = hands,
                                       .recorder = recorder,
                                       .make_lanes = make_lanes,
                                       .wake = std::make_shared<waker>(listen_to(settings)),
                                       .board = board},
                                      settings, parts, report);
    const bool webhooks_ended = !webhooks || webhooks->stop(1s);
    // Longer than a handler's process has to end after SIGTERM.
    const bool workers_ended = pool->stop(3s);
    const bool settlers_ended = settlers->stop(1s);
    const bool database_ended = database->stop(1s);
    outcome.threads_joined =
        workers_ended && settlers_ended && database_ended && waker_ended && webhooks_ended;
    if (database_ended)
      sign_off(writers);
  }
  const std::scoped_lock guard{report->mutex};
  // What the database said is worth more than that the store could not start.
  if (!report->failure.empty() && outcome.threads_joined && writers.last() &&
      writers.last()->opening_failure())
    throw storage::error{*writers.last()->opening_failure()};
  if (!report->failure.empty())
    throw error{report->failure, outcome.threads_joined};
  outcome.result = report->went_idle ? run_result::went_idle : run_result::stopped;
  log_event(log_level::info, "RUNTIME_STOPPED");
  return outcome;
}

}  // namespace millrace::actors
