#include "app/commands/commands.hpp"
#include "app/commands/control.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr auto details = R"(
Undoes `millrace pause`.

Examples:
  millrace resume parsing
  millrace resume nightly
)";

exit_code run(const invocation& call) {
  control in{call};
  const auto where = place_to_pause(call, in.pipelines);
  in.jobs.resume(where.pipeline, where.stage, user_name(), now());
  print(fmt::format("{} is resumed\n", where.name()));
  return exit_code::well;
}

}  // namespace

command resume_command() {
  return {"resume",
          "Let jobs begin at a stage, or in a pipeline, again.",
          "STAGE|PIPELINE",
          0,
          1,
          details,
          declare_place,
          run};
}

}  // namespace millrace::app
