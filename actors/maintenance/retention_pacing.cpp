#include "actors/maintenance/retention_pacing.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::actors {

namespace {

constexpr int longest_rest = 10;
constexpr duration between_looks = std::chrono::seconds{1};

}  // namespace

retention_pacing::retention_pacing(duration interval) : interval_(interval), rest_(longest_rest) {}

duration retention_pacing::after(const storage::cleaned& step, duration took) {
  deleted_.jobs += step.jobs;
  deleted_.events += step.events;
  deleted_.partitions += step.partitions;
  if (step.more) {
    const auto wait = std::max<duration>(rest_ * took, std::chrono::milliseconds{10});
    keep_up(step.overdue, took + wait);
    return wait;
  }
  if (deleted_.jobs > 0 || deleted_.events > 0 || deleted_.partitions > 0)
    log_event(log_level::info, "OLD_DELETED",
              {{"jobs", deleted_.jobs},
               {"events", deleted_.events},
               {"event_partitions", deleted_.partitions}});
  deleted_ = {};
  return interval_;
}

/// Jobs that are deleted later than those before them come faster than they go.
void retention_pacing::keep_up(duration overdue, duration lasted) {
  lasted_ += lasted;
  if (overdue.count() == 0 || lasted_ < between_looks)
    return;
  if (overdue <= interval_)
    rest_ = std::min(rest_ * 2, longest_rest);
  else if (overdue_ && overdue > *overdue_)
    rest_ = std::max(rest_ / 2, 1);
  overdue_ = overdue;
  lasted_ = {};
}

}  // namespace millrace::actors
