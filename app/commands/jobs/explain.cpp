#include "storage/history/explain.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

namespace millrace::app {
namespace {

constexpr auto explain_help = R"(
One reason, and what to do: paused, due later, behind so many jobs, no runtime to claim it, at work
in this or that runtime, dead of that. docs/operations.md lists all of them. Attempts and timeouts
are those of the pipelines in this command's configuration. Ends with 1 when there is no such job.

Examples:
  millrace explain 42
  millrace explain 42 --json
)";

void declare_explain(boost::program_options::options_description_easy_init add) {
  add("json", "print a JSON document");
}

exit_code run_explain(const invocation& call) {
  const auto id = job_argument(call);
  const auto on = open_existing(call);
  const pipeline::catalog pipelines{call.config.pipelines};
  const auto found = storage::explain(*on, pipelines, id, call.time.now(),
                                      actors::rules_of(call.config.values.runtime),
                                      storage::read_journal(call.config.values.runtime.data_dir));
  if (const auto as = choose_style(call.has("json")); as == style::json)
    print_page(to_json(found));
  else
    print_table(explanation_details(found), as);
  return found.is_there() ? exit_code::well : exit_code::no;
}

}  // namespace

command explain_command() {
  return {"explain",
          "Say why a job waits or failed, and what to do.",
          "ID",
          1,
          1,
          explain_help,
          declare_explain,
          run_explain};
}

}  // namespace millrace::app
