#include "actors/store/writer_log.hpp"

#include "base/iso8601.hpp"
#include "base/log.hpp"

namespace millrace::actors {

void log_lost(const std::vector<pipeline::job_id>& lost) {
  for (const auto id : lost)
    log_event(
        log_level::warning, "JOB_NOT_HELD",
        {{"job", id}, {"next", "the database said that this runtime holds it: it is given back"}});
}

void log_fired(const std::vector<storage::fired_schedule>& fired) {
  for (const auto& one : fired)
    log_event(log_level::info, "SCHEDULE_DUE",
              {{"schedule", one.name}, {"due", to_iso8601(one.due)}, {"job", one.job}});
}

void tell_rescued(const storage::rescue_result& rescued, incidents& befell) {
  const auto poisoned = static_cast<std::int64_t>(rescued.poisoned.size());
  befell.jobs_requeued += rescued.rescued - poisoned;
  befell.jobs_poisoned += poisoned;
  if (rescued.rescued > 0)
    log_event(log_level::warning, "JOBS_RESCUED",
              {{"jobs", rescued.rescued}, {"poisoned", poisoned}});
  if (rescued.refused > 0)
    log_event(log_level::error, "RESCUE_REFUSED",
              {{"jobs", rescued.refused},
               {"next", "see which trigger or check of the database refuses their change"}});
}

}  // namespace millrace::actors
