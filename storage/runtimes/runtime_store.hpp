#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/runtimes/process.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::storage {

/// The row of a running process: its lease, and through it every job that it has claimed.
struct runtime_record {
  runtime_id id = 0;
  std::string host;
  std::int64_t pid = 0;
  std::string version;
  time_point started_at;
  time_point lease_until;
  /// It gave its lease back, or another one has taken over its jobs.
  bool has_ended = false;
};

struct new_runtime {
  /// Drawn by itself (process::draw_identity).
  runtime_id id = 0;
  process_name process;
  std::string version;
  duration lease{};
};

/// What the number that a runtime drew is in that database. SQLite keeps it in each row and index
/// entry of a job at work, and has one runtime: four bytes are enough there.
runtime_id identity_in(const connection& on, runtime_id drawn);

/// Makes a row for a process.
void register_runtime(connection& on, const new_runtime& one, time_point now);

/// Whether the database has the row of that process. It forgets one a day after its lease ended.
bool has_runtime(connection& on, const runtime_key& which);

struct renewal {
  enum class answer : std::uint8_t {
    renewed,
    /// It was ended, by another runtime that saw no renewal for its length: the identity is lost.
    ended,
    /// The database does not know the runtime.
    unknown,
  };
  answer what = answer::unknown;
  /// How often it has been renewed; one that is not higher than before shows that the database has
  /// lost commits.
  std::int64_t beat = 0;
};

/// Extends the lease. `lease_until` is for people, and tells others nothing but that it changed.
renewal renew_lease(connection& on, runtime_id id, time_point lease_until);

/// Tells every change_listener of a shared database that notifications arrive.
void notify_heartbeat(connection& on);

/// Ends the lease, at shutdown, or when its process is known to be dead.
void end_runtime(connection& on, runtime_id id, time_point now);

/// Says which pipelines are served, and where each begins, for clients that submit with SQL; and
/// that the runtime claims at all of their stages. Throws storage::error.
void announce(connection& on, const pipeline::catalog& pipelines, runtime_id runtime,
              time_point now);

std::vector<runtime_record> list_runtimes(connection& on);

/// The runtimes whose lease lasts and that claim at the stage (announce).
std::vector<runtime_id> serving_runtimes(connection& on, const std::string& in,
                                         const std::string& stage, time_point now);

/// Whether a runtime has ever announced the pipeline.
bool is_announced(connection& on, const std::string& in);

}  // namespace millrace::storage
