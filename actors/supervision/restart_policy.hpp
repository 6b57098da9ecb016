#pragma once

#include "base/time.hpp"

#include <deque>
#include <optional>

namespace millrace::actors {

/// How often children may crash, and how long to wait before they are started again: at most `most`
/// crashes in `window`; the wait doubles from 100 ms to 5 s and starts again at 100 ms after a
/// window without a crash. Times are of any steady clock.
class restart_policy {
 public:
  restart_policy(int most, duration window) : most_(most), window_(window) {}

  /// A child crashed. How long to wait before the restart, or nothing when it is one too many.
  std::optional<duration> crashed(duration now);

 private:
  int most_;
  duration window_;
  std::deque<duration> crashes_;
  duration wait_{0};
};

}  // namespace millrace::actors
