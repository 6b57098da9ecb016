#include "actors/stage/stage_parts.hpp"

#include "base/log.hpp"

namespace millrace::actors {

void count(const pipeline::change& change, work_tally::totals& to,
           std::vector<std::string>& dead_of) {
  switch (change.state) {
    case pipeline::job_state::done:
      ++to.done;
      break;
    case pipeline::job_state::deadletter:
      ++to.dead;
      dead_of.push_back(change.events.back().code);
      break;
    case pipeline::job_state::retryable:
      ++to.retried;
      break;
    default:
      to.moved += change.events.front().type == pipeline::event_type::stage_done ? 1 : 0;
  }
}

void log_settled(const std::string& stage, const pipeline::job& one,
                 const storage::settled& change) {
  if (!change)
    return log_event(log_level::warning, "JOB_FENCED",
                     {{"job", one.id}, {"stage", stage}, {"correlation", one.correlation_id}});
  const bool dead = change->state == pipeline::job_state::deadletter;
  const bool again = change->state == pipeline::job_state::retryable;
  const auto level = dead || again ? log_level::warning : log_level::debug;
  if (!log_enabled(level))
    return;
  const auto& last = change->events.back();
  log_event(level,
            dead    ? "JOB_DEAD"
            : again ? "JOB_RETRY"
                    : "JOB_MOVED",
            {{"job", one.id},
             {"stage", stage},
             {"state", pipeline::to_string(change->state)},
             {"code", last.code},
             {"correlation", one.correlation_id},
             {"why", last.message}});
}

void log_landed(const std::string& stage, std::int64_t jobs, caf::actor_clock::duration_type took) {
  if (log_enabled(log_level::debug))
    log_event(log_level::debug, "BATCH_HANDLED",
              {{"stage", stage},
               {"jobs", jobs},
               {"ms", std::chrono::duration<double, std::milli>{took}.count()}});
}

}  // namespace millrace::actors
