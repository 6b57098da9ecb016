#pragma once

#include "base/time.hpp"
#include "storage/retention/retention.hpp"

namespace millrace::actors {

/// How the retention goes on: how long to wait after each of its steps, so that it takes a tenth of
/// the time at most however much there is to delete, and what a pass has deleted.
class clean_up_pass {
 public:
  /// Between two passes it waits for the interval.
  explicit clean_up_pass(duration interval = {}) : interval_(interval) {}

  /// How long to wait after a step that took so long. Logs what a pass that is over has deleted.
  duration after(const storage::cleaned& step, duration took);

 private:
  duration interval_;
  /// In this pass.
  storage::cleaned deleted_;
};

}  // namespace millrace::actors
