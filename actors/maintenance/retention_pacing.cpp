#include "actors/maintenance/retention_pacing.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::actors {

duration clean_up_pass::after(const storage::cleaned& step, duration took) {
  deleted_.jobs += step.jobs;
  deleted_.events += step.events;
  if (step.more)
    return std::max<duration>(10 * took, std::chrono::milliseconds{10});
  if (deleted_.jobs > 0 || deleted_.events > 0)
    log_event(log_level::info, "OLD_DELETED",
              {{"jobs", deleted_.jobs}, {"events", deleted_.events}});
  deleted_ = {};
  return interval_;
}

}  // namespace millrace::actors
