#pragma once

#include "tests/simulation/simulation.hpp"

namespace millrace::simulation {

/// Leaves steps out of the plan as long as the same invariant breaks without them, and returns the
/// shortest plan that was found in so many runs.
plan shrink(plan failing, const std::string& invariant, int runs);

}  // namespace millrace::simulation
