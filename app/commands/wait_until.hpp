#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace millrace::app {

/// Returns when `happened()` answers true. Asks often at first, and then every 200 ms.
template <class Condition>
void wait_until(Condition&& happened) {
  using namespace std::chrono_literals;
  for (auto pause = 5ms; !happened(); pause = std::min(2 * pause, 200ms))
    std::this_thread::sleep_for(pause);
}

}  // namespace millrace::app
