#include "app/commands/commands.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

namespace millrace::app {
namespace {

constexpr auto resume_help = R"(
Undoes `millrace pause`.

Examples:
  millrace resume parsing
  millrace resume nightly
)";

exit_code run_resume(const invocation& call) {
  control in{call};
  const auto where = place_to_resume(call, in);
  in.jobs.control.resume(where.pipeline, where.stage, user_name(), call.time.now());
  print("{} is resumed\n", where.name());
  return exit_code::well;
}

}  // namespace

command resume_command() {
  return {"resume",
          "Let jobs begin at a stage, or in a pipeline, again.",
          "STAGE|PIPELINE",
          0,
          1,
          resume_help,
          declare_place,
          run_resume};
}

}  // namespace millrace::app
