#include "app/commands/commands.hpp"
#include "app/commands/control.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr auto details = R"(
Jobs wait at the stage until it is resumed; those at work there are finished.

Example:
  millrace pause parsing
)";

void declare(boost::program_options::options_description_easy_init add) {
  add("pipeline",
      boost::program_options::value<std::string>()->value_name("P")->default_value("ingest"),
      "the stage's pipeline");
}

exit_code run(const invocation& call) {
  control in{call};
  const auto& of = in.pipelines.at(find_pipeline(in.pipelines, call.text("pipeline")));
  const auto& stage = of.stages.at(find_stage(of, call.arguments.front())).name;
  in.jobs.pause(of.name, stage, user_name(), now());
  print(fmt::format("{} of {} is paused\n", stage, of.name));
  return exit_code::well;
}

}  // namespace

command pause_command() {
  return {"pause", "Let no job begin at a stage.", "STAGE", 1, 1, details, declare, run};
}

}  // namespace millrace::app
