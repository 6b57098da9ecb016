#include "app/commands/commands.hpp"
#include "app/commands/jobs/change_many.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/jobs/move_jobs.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto move_help = R"(
Sends jobs that wait (queued, retryable) or have died to another stage: after a deploy that renamed or
removed the stage where they stand, or to skip one. They begin there with all attempts of that stage; a
time that they wait for stays. The configuration must know the stage where they go, not the one where they
stand. A job at work is left alone, and counted: the same command moves it when it waits again.

With --to-pipeline into another pipeline, as after a deploy that renamed one: a job keeps its unique key,
unless another job holds that there, and counts in the queue there, whatever the queue_limit.

Without an ID: all jobs that match, a few hundred in a transaction; --stage or --pipeline is needed. On a
terminal it asks first, unless --yes is given. Ctrl-C ends it between two transactions: the same command
does the rest. Ends with 1 when a job cannot be moved. To send jobs back that are done or cancelled:
`millrace replay`.

Examples:
  millrace move 42 --to checked
  millrace move --pipeline words --stage counted --to tallied --dry-run
  millrace move --pipeline words --stage counted --to tallied
  millrace move --pipeline old --stage a --to-pipeline new --to a
)";

void declare_move(po::options_description_easy_init add) {
  add("to", po::value<std::string>()->value_name("STAGE"), "the stage to wait at");
  add("to-pipeline", po::value<std::string>()->value_name("P"),
      "the pipeline of that stage; each job's own if not given");
  add("pipeline", po::value<std::string>()->value_name("P"), "only those of this pipeline");
  add("stage", po::value<std::string>()->value_name("S"), "only those at this stage");
  add("state", po::value<std::string>()->value_name("STATE"),
      "only those in this state: queued, retryable or deadletter");
  add("code", po::value<std::string>()->value_name("C"),
      "only those whose last failure has this code");
  declare_many(add);
}

void check_move_usage(const invocation& call) {
  const auto refuse = [](std::string why, std::string next) {
    throw bad_usage("cannot move", std::move(why), std::move(next));
  };
  if (!call.has("to"))
    refuse("--to STAGE is missing", "`millrace config` shows the stages of every pipeline");
  if (call.arguments.empty()) {
    if (!call.has("stage") && !call.has("pipeline"))
      refuse("neither an ID nor --stage or --pipeline is given", "see `millrace move --help`");
    return;
  }
  for (const auto* option : {"pipeline", "stage", "state", "code", "limit", "dry-run", "yes"})
    if (call.has(option))
      refuse(fmt::format("--{} goes without an ID", option), "leave it out to move one job");
}

/// A mistyped stage is found before anything else.
void check_target(const invocation& call, const pipeline::catalog& pipelines) {
  const auto stage = call.text("to");
  const auto in = call.has("to-pipeline") ? call.text("to-pipeline") : call.text("pipeline");
  if (!in.empty()) {
    find_stage(pipelines.at(find_pipeline(pipelines, in)), stage);
    return;
  }
  std::vector<std::string> known;
  for (const auto& one : pipelines.pipelines())
    for (const auto& here : one.stages)
      known.push_back(here.name);
  if (std::find(known.begin(), known.end(), stage) == known.end())
    throw bad_usage(fmt::format("cannot move to {}", stage),
                    "no pipeline of this configuration has such a stage",
                    did_you_mean(stage, known));
}

exit_code run_move(const invocation& call) {
  check_move_usage(call);
  control in{call};
  check_target(call, in.pipelines);
  return call.arguments.empty() ? move_many(call, in) : move_one(call, in);
}

}  // namespace

command move_command() {
  return {"move",
          "Send jobs that wait or have died to another stage.",
          "[ID]",
          0,
          1,
          move_help,
          declare_move,
          run_move};
}

}  // namespace millrace::app
