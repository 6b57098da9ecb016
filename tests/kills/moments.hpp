#pragma once

#include "base/time.hpp"

#include <poll.h>

#include <chrono>
#include <cstdint>

namespace millrace::killtest {

/// Lets time go by. Not to wait for something that shows: what a kill test does comes at moments of
/// its seed, whatever the runtimes are at then.
inline void let_pass(duration time) {
  using std::chrono::milliseconds;
  ::poll(nullptr, 0, static_cast<int>(std::chrono::duration_cast<milliseconds>(time).count()));
}

/// Asks every few milliseconds until it holds, and costs little meanwhile. False when it does not
/// come to hold in time.
template <class Condition>
bool comes_to_hold(Condition holds, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    let_pass(std::chrono::milliseconds{3});
  }
  return true;
}

/// In microseconds since 1970, by the clock of this machine.
inline std::int64_t now_us() { return to_us(system_clock{}.now()); }

}  // namespace millrace::killtest
