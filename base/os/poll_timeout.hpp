#pragma once

#include <chrono>

namespace millrace {

/// What poll(2) takes to wait until then, never too short; for ever where that is the end of time.
int poll_timeout(std::chrono::steady_clock::time_point due,
                 std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

}  // namespace millrace
