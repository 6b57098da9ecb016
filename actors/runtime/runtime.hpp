#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/tls/tls_files.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/registry.hpp"
#include "pipeline/services/service.hpp"
#include "pipeline/troubles.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/retention/retention.hpp"
#include "storage/runtimes/process.hpp"
#include "storage/runtimes/schedules.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

/// A running millrace: the tree of actors, its threads and its signals.
namespace millrace::actors {

struct runtime_settings {
  storage::database_settings database;
  std::filesystem::path data_dir;
  /// Of this binary.
  std::string version;
  /// Connections that write at once, where the database has more than one writer.
  int writers = 2;
  int in_flight = 4000;
  /// Of the payloads and outputs of these.
  std::int64_t in_flight_bytes = std::int64_t{64} << 20;
  int claim_batch = 1000;
  /// Calls of a stage's handler at once, where the stage does not say; 0: as many as there are
  /// cores.
  unsigned worker_threads = 0;
  duration lease = std::chrono::seconds{15};
  duration heartbeat = std::chrono::seconds{5};
  duration init_timeout = std::chrono::seconds{30};
  duration shutdown_grace = std::chrono::seconds{20};
  duration poll_interval_min = std::chrono::milliseconds{10};
  duration poll_interval_max = std::chrono::milliseconds{200};
  duration controls_interval = std::chrono::seconds{1};
  duration health_interval = std::chrono::seconds{5};
  duration health_hung_after = std::chrono::seconds{15};
  duration health_max_lag = std::chrono::minutes{5};
  /// A transaction of another session on the database may be open for so long; zero: for ever.
  duration health_max_transaction = std::chrono::minutes{10};
  /// Jobs that may die within a minute; 0: any number.
  int health_max_dead = 100;
  std::int64_t min_free_disk = std::int64_t{256} << 20;
  int crash_limit = 3;
  /// How long a job must wait to count as one of a priority that is higher by one; zero: waiting
  /// counts for nothing.
  duration priority_ageing = std::chrono::minutes{1};
  std::map<std::string, storage::tenant_rules> tenants;
  storage::tenant_rules other_tenants;
  storage::retention_settings retention;
  /// How often what is old is looked for.
  duration retention_interval = std::chrono::minutes{1};
  int max_restarts = 5;
  duration restart_window = std::chrono::minutes{1};
  bool until_idle = false;
  /// Whether `millrace inspect` can attach to it.
  bool inspector_enabled = true;
  /// Where it can attach from elsewhere, `ADDRESS:PORT`; empty for nowhere.
  std::string inspector_listen;
  /// With which certificates.
  net::tls_files inspector_files;
  /// How often a claim goes through all lanes.
  storage::sweep_rules sweeps{.monotonic = storage::monotonic_now};
  /// This process and the world around it; the real ones where it is not given.
  std::optional<storage::process> process;
};

/// Calls of a handler at once, of a stage that does not say.
unsigned worker_count(const runtime_settings& settings);

/// Those of the settings that hold for all jobs.
inline storage::job_rules rules_of(const runtime_settings& settings) {
  return {settings.crash_limit, settings.priority_ageing, settings.tenants, settings.other_tenants,
          settings.sweeps};
}

/// A server of an application, which works beside the tree of actors from its construction on.
class background_server {
 public:
  virtual ~background_server() = default;
  /// False when its threads have not ended in time and must not be waited for.
  virtual bool stop(duration patience) = 0;
};

/// What a background server is made of; all of it outlives the server.
struct server_setup {
  const runtime_settings& settings;
  const pipeline::catalog& pipelines;
  /// The time of this machine, and that of the database.
  const millrace::clock& machine_time;
  const millrace::clock& database_time;
};

/// What an application adds to a runtime.
struct runtime_parts {
  pipeline::catalog pipelines;
  pipeline::registry handlers;
  std::vector<storage::schedule> schedules;
  /// Puts what the handlers ask for their work where they look it up; may be null. The service
  /// router calls it each time it starts.
  std::function<void()> provide_services{};
  /// The services that are reached over a network; the router probes them.
  std::vector<std::shared_ptr<pipeline::remote::service>> remote;
  /// What is out of order, as the handlers and the check find it; never null.
  std::shared_ptr<pipeline::troubles> troubles = std::make_shared<pipeline::troubles>();
  /// Looks for programs and folders that the stages need, and tells the troubles; may be null. It
  /// is called now and then from a thread of its own.
  std::function<void()> check_installation{};
  /// Cleans up what killed processes left, once, beside the work, until it is told to stop; may be
  /// null.
  std::function<void(const std::stop_token&)> clean_up{};
  /// May be null, and may answer null where no server is wanted.
  std::function<std::unique_ptr<background_server>(const server_setup&)> start_server{};
};

enum class run_result { stopped, went_idle };

struct run_outcome {
  run_result result = run_result::stopped;
  /// False when a handler, or the database, does not return: the process must end without joining
  /// its thread.
  bool threads_joined = true;
};

/// A failure of the runtime as a whole: a component could not start, or crashed too often.
class error : public millrace::error {
 public:
  error(std::string why, bool threads_joined)
      : millrace::error("the runtime ended", std::move(why), "see the log"),
        threads_joined_(threads_joined) {}

  /// See run_outcome.
  bool threads_joined() const { return threads_joined_; }

 private:
  bool threads_joined_;
};

/// Runs until SIGTERM or SIGINT (drain, then stop; a second one gives back at once), or until
/// nothing is left to do. Blocks these signals for the whole process. Throws error, storage::error,
/// or millrace::error for a pipeline whose handler is unknown.
run_outcome run(const runtime_settings& settings, const runtime_parts& parts);

}  // namespace millrace::actors
