#pragma once

#include "base/time.hpp"
#include "tests/simulation/judge.hpp"
#include "tests/simulation/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::simulation {

struct run_report {
  /// What does not hold; nothing when all went well.
  std::optional<violation> broken;
  std::uint64_t digest = 0;
  duration simulated{};
  std::int64_t messages = 0;
  std::int64_t jobs = 0;
  std::int64_t calls = 0;
  /// Every step, death, call and event, one a line; only if it was asked for.
  std::vector<std::string> history;
};

/// Does what the plan says, to real runtimes on a real SQLite database, until every job has ended
/// and every runtime has stopped. The same plan gives the same report.
run_report simulate(const plan& what, bool keep_history = false);

}  // namespace millrace::simulation
