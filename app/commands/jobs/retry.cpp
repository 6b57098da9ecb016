#include "app/commands/commands.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"

namespace millrace::app {
namespace {

constexpr auto retry_help = R"(
A job that waits for its next attempt, or for its time, runs now; what it has been charged stays. One
that is deadletter or cancelled starts again at the stage where it stands: fix the cause first. From
another stage: `millrace replay ID --from STAGE`; many at once: `millrace replay --dead`.

Example:
  millrace retry 42
)";

exit_code run_retry(const invocation& call) {
  const auto id = job_argument(call);
  control in{call};
  return tell_change("retry", id, in.jobs.control.retry(id, user_name(), call.time.now()), *in.on);
}

}  // namespace

command retry_command() {
  return {"retry",  "Run a job now that waits or has failed.", "ID", 1, 1, retry_help, nullptr,
          run_retry};
}

}  // namespace millrace::app
