#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/jobs/job_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::simulation {

/// What may be done to the runtimes and their database from outside.
enum class step_kind {
  // By its users.
  submit,
  cancel,
  retry,
  replay,
  pause,
  resume,
  wake,
  // By a hostile world.
  kill_now,
  kill_at_file_operation,
  kill_after_write,
  kill_in_handler,
  kill_at_message,
  stop,
  freeze,
  crash_actor,
  set_clock,
  database_busy,
  disk_full,
  disk_fails,
  slow_disk,
  // By users that write rows with SQL, in worlds with `foreign_rows`.
  insert_row,
  change_row,
  refuse_row,
  // In worlds with `wrong_clocks`.
  step_clock,
  // In worlds with `held_locks`.
  die_in_transaction,
  freeze_in_transaction,
  // In worlds with `lost_commits`.
  copy_database,
  lose_commits,
};

std::string_view to_string(step_kind kind);

/// One step, at a time counted from the beginning. What `a`, `b` and `c` mean depends on the kind;
/// they are any numbers, so that a step has a meaning whatever came before it.
struct step {
  duration at{};
  step_kind kind{};
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;
};

/// Everything that a seed decides before the run begins. A plan with fewer steps is a plan.
struct plan {
  std::uint64_t seed = 0;
  /// Runtimes on the database.
  int runtimes = 1;
  /// The database is shared; else the one runtime knows that it is alone.
  bool shared = false;
  /// Processes die. Where none does, nothing is mended by a rescue.
  bool deadly = true;
  /// Stages and tenants have limits, and a pipeline may be full.
  bool limited = false;
  /// Rows of jobs are written by other hands.
  bool foreign_rows = false;
  /// Each machine has a clock that goes wrong, and is set; and there are schedules.
  bool wrong_clocks = false;
  /// What dies or stands still in a transaction holds its lock until the server ends it.
  bool held_locks = false;
  /// An older copy of the database takes its place.
  bool lost_commits = false;
  std::vector<pipeline::definition> pipelines;
  /// Besides `pipelines`, what the runtimes are configured with.
  storage::job_rules rules;
  /// In the order of time.
  std::vector<step> steps;
};

/// What a world may have besides.
enum class seam { none, limits, rows, clocks, locks, lost_commits };

/// As it is named on the command line.
std::optional<seam> parse_seam(std::string_view name);

/// The seed says what the world has besides, unless the caller does.
plan make_plan(std::uint64_t seed, int steps, std::optional<seam> with = {});

/// A line for each step.
std::string describe(const plan& what);

}  // namespace millrace::simulation
