#include "actors/runtime/runtime.hpp"

#include "actors/claim/change_notifier.hpp"
#include "actors/inspector/server/server.hpp"
#include "actors/runtime/actor_system_config.hpp"
#include "actors/runtime/actor_tree.hpp"
#include "actors/runtime/service_pulse.hpp"
#include "actors/runtime/writer_factory.hpp"
#include "base/check.hpp"
#include "base/log.hpp"
#include "base/os/signals.hpp"
#include "storage/db/error.hpp"
#include "storage/db/sqlite.hpp"
#include "storage/notify/change_listener.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "storage/runtimes/data_dir.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

/// Null where no client can attach: then the runtime goes on without an inspector. Where others are
/// to attach from elsewhere, it must be possible.
std::unique_ptr<inspector_server> make_inspector_server(const runtime_settings& settings) {
  if (!settings.inspector_enabled)
    return nullptr;
  inspector_server_settings how{settings.data_dir, settings.version, std::nullopt};
  if (!settings.inspector_listen.empty()) {
    const auto at = net::parse_host_port(settings.inspector_listen);
    MILLRACE_CHECK(at.has_value());
    how.listen = {*at, settings.inspector_files};
    return std::make_unique<inspector_server>(how);
  }
  try {
    return std::make_unique<inspector_server>(how);
  } catch (const millrace::error& e) {
    log_event(log_level::warning, "INSPECTOR_UNREACHABLE", {{"why", e.why()}, {"next", e.next()}});
    return nullptr;
  }
}

/// Null where the database is shared.
std::unique_ptr<storage::database_lock> lock_database(const runtime_settings& settings) {
  if (storage::dialect_of(settings.database.url) != storage::dialect::sqlite)
    return nullptr;
  return std::make_unique<storage::database_lock>(storage::sqlite::path_of(settings.database.url),
                                                  settings.data_dir);
}

/// Others find the sessions of this process by a name of their own, unless the URL gives them one.
runtime_settings with_process(runtime_settings settings) {
  settings.process = storage::this_process();
  if (settings.database.url.find("application_name=") == std::string::npos)
    settings.process->name.session = settings.database.session_name =
        fmt::format("millrace-{:x}", settings.process->draw_identity());
  return settings;
}

/// An embedded database has one writer.
unsigned settlers_of(const runtime_settings& settings) {
  return storage::dialect_of(settings.database.url) == storage::dialect::postgres
             ? static_cast<unsigned>(settings.writers - 1)
             : 0;
}

/// Null where the database has one runtime: there the journal says what is in hand.
std::shared_ptr<storage::running_jobs_table> make_recorder(const runtime_settings& settings) {
  auto from = settings.database;
  from.pooled = worker_count(settings);
  return storage::dialect_of(from.url) == storage::dialect::postgres
             ? std::make_shared<storage::running_jobs_table>(
                   from,
                   [](const storage::error& failure) {
                     log_event(log_level::warning, "HAND_NOT_RECORDED",
                               {{"why", failure.why()},
                                {"next", "jobs go on; a crash would be charged to none of them"}});
                   })
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

/// How long threads may take to end. Together not for long where the database is given up: those
/// that wait for it do not end.
class thread_patience {
 public:
  explicit thread_patience(run_report& report) : report_{report} {}

  duration operator()(duration usual) {
    const std::scoped_lock guard{report_.mutex};
    if (!report_.gave_up_database)
      return usual;
    const auto now = std::chrono::steady_clock::now();
    if (!until_)
      until_ = now + 800ms;
    return std::clamp(std::chrono::duration_cast<duration>(*until_ - now), duration{0}, usual);
  }

 private:
  run_report& report_;
  std::optional<std::chrono::steady_clock::time_point> until_;
};

/// Runs the tree until it has ended; the actor system is gone when this returns. False when the
/// thread of the change_notifier, or of the inspector, does not end.
bool run_tree(signal_waiter& signals, const service_pulse& pulse, const tree_dependencies& outside,
              const runtime_settings& settings, const runtime_parts& parts,
              const std::shared_ptr<run_report>& report, thread_patience& patience) {
  const auto server = make_inspector_server(settings);
  quiet_config config;
  caf::actor_system system{config};
  const auto inspecting = std::make_shared<thread_pool>(1);
  const auto counting = std::make_shared<thread_pool>(1);
  auto around = outside;
  if (server) {
    around.server = server.get();
    around.inspector_thread = inspecting;
    around.counting_thread = counting;
  }
  {
    const auto supervisor = spawn_tree(system, around, settings, parts, report);
    caf::actor_cast<caf::strong_actor_ptr>(supervisor)
        ->get()
        ->attach_functor([&signals](const caf::error&) { signals.notify(); });
    for (;;) {
      const auto by = signals.wait(pulse.interval_ms());
      if (by == signal_waiter::woken_by::notification)
        break;
      if (by == signal_waiter::woken_by::timeout) {
        pulse.beat(system, supervisor);
        continue;
      }
      log_event(log_level::info, "SIGNAL_RECEIVED", {{"signal", signals.last_signal()}});
      if (signals.is_reload() && parts.reload)
        pulse.around_reload(parts.reload);
      else
        caf::anon_send<caf::message_priority::high>(supervisor, stop_runtime{});
    }
  }
  system.await_all_actors_done();
  const bool inspecting_ended = inspecting->stop(patience(1s)) && counting->stop(patience(1s));
  // Before the system goes: the change_notifier must not send into it any more.
  return around.wake->stop(patience(1s)) && inspecting_ended;
}

/// The threads of a runtime that actors do not share.
struct runtime_threads {
  runtime_threads(unsigned worker_count, unsigned settler_count)
      : settlers_wanted{settler_count},
        workers{std::make_shared<thread_pool>(worker_count)},
        settlers{std::make_shared<thread_pool>(settler_count)} {}

  std::vector<write_connection> make_connections(writer_factory& writers) const {
    std::vector<write_connection> made{{writers.make(), database}};
    for (unsigned i = 0; i < settlers_wanted; ++i)
      made.push_back({writers.make_settler(), settlers});
    return made;
  }

  const unsigned settlers_wanted;
  const std::shared_ptr<thread_pool> workers;
  const std::shared_ptr<thread_pool> settlers;
  const std::shared_ptr<thread_pool> database = std::make_shared<thread_pool>(1);
};

using server_list = std::vector<std::unique_ptr<background_server>>;

server_list start_servers(const runtime_parts& parts, const server_setup& setup) {
  server_list started;
  for (const auto& start : parts.servers)
    if (auto server = start(setup))
      started.push_back(std::move(server));
  return started;
}

bool stop_servers(const server_list& servers, thread_patience& patience) {
  bool all_ended = true;
  for (const auto& server : servers)
    all_ended = server->stop(patience(1s)) && all_ended;
  return all_ended;
}

/// What the database said is worth more than that the store could not start.
void throw_failure(const run_report& report, writer_factory& writers, bool threads_joined) {
  if (report.failure.empty())
    return;
  const auto last = writers.last();
  if (threads_joined && last && last->opening_failure())
    throw storage::error{*last->opening_failure()};
  throw error{report.failure, threads_joined};
}

}  // namespace

unsigned worker_count(const runtime_settings& settings) {
  return settings.worker_threads > 0 ? settings.worker_threads
                                     : std::max(1U, std::thread::hardware_concurrency());
}

run_outcome run(const runtime_settings& given, const runtime_parts& parts) {
  // Before any thread: one that does not block the signals would be ended by them.
  signal_waiter signals;
  const auto settings = with_process(given);
  storage::make_data_dir(settings.data_dir);
  const storage::runtime_lock lock{settings.data_dir};
  const auto database_lock = lock_database(settings);
  const auto journal = std::make_shared<storage::crash_journal>(settings.data_dir);
  const system_clock local;
  pipeline::fleet_clock time{local};
  const auto recorder = make_recorder(settings);
  const auto status = std::make_shared<runtime_status>();
  const service_manager manager;
  const service_pulse pulse{manager, status};
  status->on_phase([&pulse](runtime_phase phase) { pulse.enter(phase); });
  writer_factory writers{settings, parts, time, journal, recorder, status};

  const auto workers = worker_count(settings);
  const auto report = std::make_shared<run_report>();
  thread_patience patience{*report};
  run_outcome outcome;
  log_event(log_level::info, "RUNTIME_STARTING",
            {{"pid", std::int64_t{getpid()}}, {"version", settings.version}});
  {
    const runtime_threads threads{workers, settlers_of(settings)};
    std::stop_source ending;
    if (parts.clean_up)
      threads.workers->beside(1)->run(
          [&parts, stop = ending.get_token()] { parts.clean_up(stop); });
    if (parts.traces)
      parts.traces->start();
    const auto servers = start_servers(parts, {settings, parts.pipelines, local, time, status});
    const bool tree_ended =
        run_tree(signals, pulse,
                 {.time = &time,
                  .workers = threads.workers,
                  .worker_count = static_cast<int>(workers),
                  .journal = journal,
                  .recorder = recorder,
                  .make_connections = [&] { return threads.make_connections(writers); },
                  .wake = std::make_shared<change_notifier>(listen_to(settings)),
                  .status = status},
                 settings, parts, report, patience);
    ending.request_stop();
    const bool traces_ended = !parts.traces || parts.traces->stop(patience(2s));
    const bool servers_ended = stop_servers(servers, patience);
    // Longer than a handler's process has to end after SIGTERM.
    const bool workers_ended = threads.workers->stop(patience(3s));
    const bool settlers_ended = threads.settlers->stop(patience(1s));
    const bool database_ended = threads.database->stop(patience(1s));
    outcome.threads_joined = workers_ended && settlers_ended && database_ended && tree_ended &&
                             servers_ended && traces_ended;
    if (database_ended && !report->gave_up_database)
      sign_off(writers);
  }
  const std::scoped_lock guard{report->mutex};
  throw_failure(*report, writers, outcome.threads_joined);
  writers.end_in_order();
  outcome.result = report->went_idle ? run_result::went_idle : run_result::stopped;
  const auto worked = status->tally()->all();
  log_event(log_level::info, "RUNTIME_STOPPED", {{"done", worked.done}, {"dead", worked.dead}});
  return outcome;
}

}  // namespace millrace::actors
