#pragma once

#include "tests/kills/options.hpp"
#include "tests/simulation/random.hpp"

#include <vector>

namespace millrace::killtest {

/// What happens to the runtimes in a round.
enum class blow {
  /// SIGKILL to one of them, which is started again.
  kill,
  /// The same to all at once.
  kill_all,
  /// SIGKILL to one that has just been started.
  kill_starting,
  /// SIGSTOP for longer than the lease, then SIGCONT.
  pause,
  /// SIGTERM under load, then a new start.
  terminate,
  /// Another one is started on a data directory that is in use.
  second_runtime,
  /// One is started with too few file descriptors, then killed.
  few_descriptors,
  /// One is started with too little memory, then killed.
  little_memory,
  /// The PostgreSQL server is shut down at once, then started.
  server,
  /// The database's disk is full for a while.
  full_disk,
};

const char* describe(blow what);

/// The rounds of a kill test, with as many kills as the options ask for, in an order of chance.
std::vector<blow> make_plan(const options& how, simulation::random_source& random);

}  // namespace millrace::killtest
