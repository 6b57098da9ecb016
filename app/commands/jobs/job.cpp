#include "actors/inspector/server/build_rows.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/history/claimed_jobs.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace millrace::app {
namespace {

constexpr auto job_help = R"(
Example:
  millrace job 42
)";

void declare_job(boost::program_options::options_description_easy_init add) {
  add("json", "print a JSON document");
}

exit_code run_job(const invocation& call) {
  const auto id = job_argument(call);
  const auto on = open_existing(call);
  auto job = storage::find_job(*on, id);
  if (!job)
    throw error{exit_code::no, fmt::format("cannot show job {}", id), "there is no such job",
                "`millrace jobs` shows the ids"};
  storage::note_begun(*on, {&*job, 1}, storage::read_journal(call.config.values.runtime.data_dir));
  const auto row = actors::build_row(*std::move(job));
  const auto events = actors::build_rows(storage::list_events(
      *on, {.job = id, .after = 0, .limit = std::numeric_limits<std::int64_t>::max()}));
  const auto as = choose_style(call.has("json"));
  if (as == style::json) {
    print_page(to_json(row, events));
    return exit_code::well;
  }
  print_table(job_details(row), as);
  print("\n");
  print_table(event_table(events), as);
  return exit_code::well;
}

}  // namespace

command job_command() {
  return {"job", "Show a job with its whole history.", "ID", 1, 1, job_help, declare_job, run_job};
}

}  // namespace millrace::app
