#include "app/commands/control.hpp"

#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/job_queries.hpp"

#include <fmt/format.h>

namespace millrace::app {

control::control(const invocation& call)
    : pipelines{call.config.pipelines},
      on{open_existing(call.config.values)},
      jobs{*on, pipelines, call.config.values.runtime.crash_limit} {}

exit_code tell_change(std::string_view verb, storage::job_id id,
                      const std::variant<pipeline::change, pipeline::refusal>& answer,
                      storage::connection& on) {
  if (const auto* refused = std::get_if<pipeline::refusal>(&answer))
    throw error{exit_code::no, fmt::format("cannot {} job {}", verb, id), refused->why,
                fmt::format("`millrace job {}` shows where it stands", id)};
  const auto job = storage::find_job(on, id);
  if (job)
    print(fmt::format("job {} is {} at {}{}\n", id, to_string(job->state), job->stage,
                      job->cancel_requested ? ", and is told to end" : ""));
  return exit_code::well;
}

}  // namespace millrace::app
