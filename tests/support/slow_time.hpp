#pragma once

#include "base/time.hpp"

namespace millrace::tests {

/// Time that passes while sweeps are made, and only then (storage::sweep_rules::monotonic).
inline duration passed{};
inline duration per_look{};
inline duration slow_time() { return passed += per_look; }

}  // namespace millrace::tests
