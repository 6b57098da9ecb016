#pragma once

#include "storage/job_store.hpp"

#include <string>

namespace millrace::storage {

/// The row of a running process: its lease, and through it every job that it has claimed.
struct runtime_record {
  runtime_id id = 0;
  std::string host;
  std::int64_t pid = 0;
  std::string version;
  time_point started_at;
  time_point lease_until;
};

/// Makes a row for this process and returns its identity.
runtime_id register_runtime(connection& on, const std::string& host, std::int64_t pid,
                            const std::string& version, time_point lease_until, time_point now);

/// Whether the database has the row of that process. It forgets one a day after its lease ended.
bool has_runtime(connection& on, const runtime_key& which);

/// Extends the lease. False when the row is gone or its lease has run out: the identity is lost.
bool renew_lease(connection& on, runtime_id id, time_point lease_until, time_point now);

/// Tells every change_listener of a shared database that notifications arrive.
void notify_heartbeat(connection& on);

/// Ends the lease, at shutdown.
void end_runtime(connection& on, runtime_id id, time_point now);

std::vector<runtime_record> list_runtimes(connection& on);

/// The runtimes whose lease lasts and that claim at the stage (job_store::announce).
std::vector<runtime_id> serving_runtimes(connection& on, const std::string& in,
                                         const std::string& stage, time_point now);

/// Whether a runtime has ever announced the pipeline.
bool is_announced(connection& on, const std::string& in);

}  // namespace millrace::storage
