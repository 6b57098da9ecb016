#include "app/commands/commands.hpp"
#include "app/commands/control.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr auto details = R"(
Undoes `millrace pause`.

Example:
  millrace resume parsing
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
  in.jobs.resume(of.name, stage, user_name(), now());
  print(fmt::format("{} of {} is resumed\n", stage, of.name));
  return exit_code::well;
}

}  // namespace

command resume_command() {
  return {"resume", "Let jobs begin at a stage again.", "STAGE", 1, 1, details, declare, run};
}

}  // namespace millrace::app
