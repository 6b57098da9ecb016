#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::simulation {

/// What may be done to the runtimes and their database from outside.
enum class step_kind {
  // By those who use it.
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
};

std::string_view to_string(step_kind kind);

/// One step, at a time counted from the beginning. What `a`, `b` and `c` mean depends on the kind;
/// they are any numbers, so that a step has a meaning whatever came before it.
struct step {
  pipeline::duration at{};
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
  std::vector<pipeline::definition> pipelines;
  /// In the order of time.
  std::vector<step> steps;
};

plan make_plan(std::uint64_t seed, int steps);

/// A line for each step.
std::string describe(const plan& what);

}  // namespace millrace::simulation
