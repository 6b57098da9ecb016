#include "app/commands/commands.hpp"
#include "app/commands/jobs/change_many.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <array>
#include <string>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr std::array unfinished_states{pipeline::job_state::queued, pipeline::job_state::retryable,
                                       pipeline::job_state::working};

constexpr auto cancel_help = R"(
A job that a runtime works on ends at its next write, unless it finishes with it.

Without an ID: all unfinished jobs that match, a few hundred in a transaction; --pipeline is needed. On a
terminal it asks first, unless --yes is given. Ctrl-C ends it between two transactions: the same command
does the rest. A job that changes meanwhile is left alone, and counted.

Examples:
  millrace cancel 42
  millrace cancel --pipeline words --stage counted --dry-run
  millrace cancel --pipeline words --state retryable --code TIMEOUT
)";

void declare_cancel(po::options_description_easy_init add) {
  add("pipeline", po::value<std::string>()->value_name("P"), "all of this pipeline");
  add("stage", po::value<std::string>()->value_name("S"), "only those at this stage");
  add("state", po::value<std::string>()->value_name("STATE"),
      "only those in this state: queued, retryable or working");
  add("code", po::value<std::string>()->value_name("C"),
      "only those whose last failure has this code");
  declare_many(add);
}

void check_cancel_usage(const invocation& call) {
  const auto refuse = [](std::string why, std::string next) {
    throw bad_usage("cannot cancel", std::move(why), std::move(next));
  };
  if (call.arguments.empty() && !call.has("pipeline"))
    refuse("neither an ID nor --pipeline is given", "see `millrace cancel --help`");
  for (const auto* option : {"pipeline", "stage", "state", "code", "limit", "dry-run", "yes"})
    if (!call.arguments.empty() && call.has(option))
      refuse(fmt::format("--{} goes without an ID", option), "leave it out to cancel one job");
}

exit_code cancel_many(const invocation& call) {
  auto filter = read_filter<storage::movable_filter>(call);
  if (call.has("state"))
    filter.state = choice_option(call, "state", unfinished_states, "state");
  control in{call};
  const auto found = storage::list_unfinished(*in.on, filter);
  return change_many(call, {found.jobs, found.counts, "STATE"},
                     {.done = "cancelled",
                      .question = fmt::format("cancel {}?", count_jobs(found.jobs.size())),
                      .none = "no unfinished job matches",
                      .change = [&](auto piece) {
                        return in.jobs.bulk.cancel(piece, user_name(), call.time.now());
                      }});
}

exit_code run_cancel(const invocation& call) {
  check_cancel_usage(call);
  if (call.arguments.empty())
    return cancel_many(call);
  const auto id = job_argument(call);
  control in{call};
  return tell_change("cancel", id, in.jobs.control.cancel(id, user_name(), call.time.now()),
                     *in.on);
}

}  // namespace

command cancel_command() {
  return {"cancel",
          "End a job for good, or all that match.",
          "[ID]",
          0,
          1,
          cancel_help,
          declare_cancel,
          run_cancel};
}

}  // namespace millrace::app
