#include "app/commands/commands.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

namespace millrace::app {
namespace {

constexpr auto pause_help = R"(
Jobs wait at the stage until it is resumed; those at work there are finished. A pipeline that is paused
as a whole is resumed as a whole: stages of it that were paused by themselves stay so.

Examples:
  millrace pause parsing
  millrace pause check --pipeline nightly
  millrace pause nightly
)";

exit_code run_pause(const invocation& call) {
  control in{call};
  const auto where = place_to_pause(call, in.pipelines);
  in.jobs.control.pause(where.pipeline, where.stage, user_name(), call.time.now());
  print("{} is paused\n", where.name());
  return exit_code::well;
}

}  // namespace

command pause_command() {
  return {"pause",
          "Let no job begin at a stage, or in a pipeline.",
          "STAGE|PIPELINE",
          0,
          1,
          pause_help,
          declare_place,
          run_pause};
}

}  // namespace millrace::app
