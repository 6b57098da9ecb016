#include "app/commands/commands.hpp"
#include "app/commands/control.hpp"
#include "app/commands/session.hpp"

#include <boost/program_options/value_semantic.hpp>

namespace millrace::app {
namespace {

constexpr auto details = R"(
Only jobs that are done, deadletter or cancelled can be sent back.

Example:
  millrace replay 42 --from queued
)";

void declare(boost::program_options::options_description_easy_init add) {
  add("from", boost::program_options::value<std::string>()->value_name("STAGE"),
      "the stage to begin at");
}

exit_code run(const invocation& call) {
  const auto id = job_argument(call);
  if (!call.has("from"))
    throw bad_usage("cannot replay the job", "--from STAGE is missing",
                    "`millrace config` shows the stages of every pipeline");
  control in{call};
  return tell_change("replay", id, in.jobs.replay(id, call.text("from"), user_name(), now()),
                     *in.on);
}

}  // namespace

command replay_command() {
  return {"replay", "Send an ended job back to a stage.", "ID", 1, 1, details, declare, run};
}

}  // namespace millrace::app
