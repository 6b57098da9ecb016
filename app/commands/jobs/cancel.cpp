#include "app/commands/commands.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"

namespace millrace::app {
namespace {

constexpr auto cancel_help = R"(
A job that a runtime works on ends at its next write, unless it finishes with it.

Example:
  millrace cancel 42
)";

exit_code run_cancel(const invocation& call) {
  const auto id = job_argument(call);
  control in{call};
  return tell_change("cancel", id, in.jobs.control.cancel(id, user_name(), call.time.now()),
                     *in.on);
}

}  // namespace

command cancel_command() {
  return {"cancel", "End a job for good.", "ID", 1, 1, cancel_help, nullptr, run_cancel};
}

}  // namespace millrace::app
