#pragma once

#include "base/time.hpp"
#include "net/tls/tls_files.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/retention/retention.hpp"
#include "storage/runtimes/process.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

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

}  // namespace millrace::actors
