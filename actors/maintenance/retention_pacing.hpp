#pragma once

#include "base/time.hpp"
#include "storage/retention/retention.hpp"

#include <optional>

namespace millrace::actors {

/// How the retention goes on: how long to wait after each of its steps, and what a pass has
/// deleted. It takes a tenth of the time however much there is to delete; more, up to half of it,
/// as long as jobs grow old faster than they are deleted.
class retention_pacing {
 public:
  /// Between two passes it waits for the interval.
  explicit retention_pacing(duration interval = {});

  /// How long to wait after a step that took so long. Logs what a pass that is over has deleted.
  duration after(const storage::cleaned& step, duration took);

 private:
  void keep_up(duration overdue, duration lasted);

  duration interval_;
  /// It waits so many times as long as a step took.
  int rest_;
  /// Since it looked at how overdue the deletion is.
  duration lasted_{0};
  std::optional<duration> overdue_;
  /// In this pass.
  storage::cleaned deleted_;
};

}  // namespace millrace::actors
