#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "storage/db/database.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millrace::storage {

/// A session of PostgreSQL that holds locks in millrace's tables.
struct blocker {
  std::int64_t backend = 0;
  std::string application;
  std::string user;
  /// Its address; empty on the server's own machine, or where this role may not see it.
  std::string client;
  /// As pg_stat_activity says it: "idle in transaction".
  std::string state;
  std::optional<time_point> since;
};

/// "backend 4711 (psql of alice at 10.0.0.7, idle in transaction since ...)".
std::string describe(const blocker& blocking);

/// The sessions that may hold what this one has waited for in vain: those that hold one of the jobs
/// first, and a few at most. Never on SQLite. Within no transaction.
std::vector<blocker> find_blockers(connection& on, std::span<const pipeline::job_id> jobs);

/// Locks what can be locked of the jobs, in the transaction that is open, without waiting; answers
/// those that another session holds.
std::vector<pipeline::job_id> lock_free_jobs(connection& on,
                                             std::span<const pipeline::job_id> jobs);

/// For the rest of the transaction that is open.
void wait_for_locks(connection& on, std::chrono::milliseconds at_most);

}  // namespace millrace::storage
