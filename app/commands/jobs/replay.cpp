#include "app/commands/commands.hpp"
#include "app/commands/jobs/change_many.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/jobs/replay_ended.hpp"
#include "app/commands/session.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr std::array all_kinds{"dead", "cancelled", "done"};

constexpr auto replay_help = R"(
One job: it must be done, deadletter or cancelled. To run it from where it stands: `millrace retry ID`.

With --dead, --cancelled or --done: all jobs that have ended so when the command begins, or those that
match, the oldest first, a few hundred in a transaction; without --from, which --done needs, each to the
stage where it ended. On a terminal it asks first, unless --yes is given; in a script it does not ask.
Ctrl-C ends it between two transactions: what was sent back stays so, and the same command does the
rest. Ends with 1 when a job cannot be sent back because its pipeline has no such stage. A job that is
done because it had nothing to do, as one of bytes that were ingested before, is skipped where --from
is a stage that it never came to. In a pipe, --dry-run prints one line for each pipeline, stage and
code, with the number of jobs, cells separated by tabs.

Examples:
  millrace replay 42 --from queued
  millrace replay --dead --dry-run
  millrace replay --dead --code HTTP_503 --yes
  millrace replay --dead --pipeline ingest --stage chunking --from parsing
  millrace replay --done --pipeline ingest --from chunked
)";

void declare_replay(po::options_description_easy_init add) {
  add("from", po::value<std::string>()->value_name("STAGE"), "the stage to begin at");
  add("dead", "send dead jobs back, all or those that match");
  add("cancelled", "the same of cancelled ones");
  add("done", "the same of those that are done");
  add("code", po::value<std::string>()->value_name("C"), "only those that died of this code");
  add("pipeline", po::value<std::string>()->value_name("P"), "only those of this pipeline");
  add("stage", po::value<std::string>()->value_name("S"), "only those that ended at this stage");
  declare_many(add);
}

void check_replay_usage(const invocation& call) {
  const auto refuse = [](std::string why, std::string next) {
    throw bad_usage("cannot replay", std::move(why), std::move(next));
  };
  const bool one = !call.arguments.empty();
  const auto kinds = std::count_if(all_kinds.begin(), all_kinds.end(),
                                   [&](const char* kind) { return call.has(kind); });
  if (one && kinds > 0)
    refuse("--dead, --cancelled and --done go without an ID", "name one job, or send many back");
  if (kinds > 1)
    refuse("only one of --dead, --cancelled and --done goes at a time",
           "call it for one, then for the other");
  if (!one && kinds == 0)
    refuse("neither an ID nor --dead, --cancelled or --done is given",
           "see `millrace replay --help`");
  for (const auto* option : {"code", "pipeline", "stage", "limit", "dry-run", "yes"})
    if (one && call.has(option))
      refuse(fmt::format("--{} goes with --dead, --cancelled or --done", option),
             "leave it out to replay one job");
  if (call.has("code") && !call.has("dead"))
    refuse("--code goes with --dead", "only a job that died has a code that it died of");
  if ((one || (call.has("done") && !call.has("dry-run"))) && !call.has("from"))
    refuse(
        "--from STAGE is missing",
        one ? "`millrace config` shows the stages of every pipeline; `millrace retry ID` runs the "
              "job from where it stands"
            : "`millrace config` shows the stages of every pipeline");
}

exit_code run_replay(const invocation& call) {
  check_replay_usage(call);
  if (call.arguments.empty())
    return replay_ended(call);
  const auto id = job_argument(call);
  control in{call};
  return tell_change("replay", id,
                     in.jobs.control.replay(id, call.text("from"), user_name(), call.time.now()),
                     *in.on);
}

}  // namespace

command replay_command() {
  return {"replay",
          "Send an ended job, or many, back to a stage.",
          "[ID]",
          0,
          1,
          replay_help,
          declare_replay,
          run_replay};
}

}  // namespace millrace::app
