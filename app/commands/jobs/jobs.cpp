#include "actors/inspector/server/build_rows.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/jobs/job_filter.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/history/claimed_jobs.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <utility>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto jobs_help = R"(
In a pipe: one line a job, cells separated by tabs: id, pipeline, stage, state, updated, code and
what the job is about. A job that a runtime has claimed and no handler has begun reads `claimed`;
its state in the database and in JSON is `working`, and its member has_begun is false.

Examples:
  millrace jobs --state deadletter
  millrace jobs --stage parsing --json
  millrace jobs --tenant acme --tag nightly
  millrace jobs --code TIMEOUT --since 2026-12-01T08:00Z
)";

void declare_jobs(po::options_description_easy_init add) {
  add("state", po::value<std::string>()->value_name("S"),
      "only jobs in this state: queued, working, retryable, done, deadletter or cancelled");
  add("stage", po::value<std::string>()->value_name("S"), "only jobs at this stage");
  add("pipeline", po::value<std::string>()->value_name("P"), "only jobs of this pipeline");
  add("tenant", po::value<std::string>()->value_name("T"), "only jobs of this tenant");
  add("tag", po::value<std::string>()->value_name("X"), "only jobs with this tag");
  add("code", po::value<std::string>()->value_name("C"), "only jobs whose last code is this one");
  add("unique", po::value<std::string>()->value_name("KEY"), "only jobs with this unique key");
  add("correlation", po::value<std::string>()->value_name("ID"),
      "only jobs with this correlation id");
  add("since", po::value<std::string>()->value_name("TIME"), "only jobs that were made since then");
  add("until", po::value<std::string>()->value_name("TIME"), "only jobs that were made before");
  add("before", po::value<std::int64_t>()->value_name("JOB"),
      "only jobs with a smaller id: the next page, after the last one of this");
  add("limit", po::value<std::int64_t>()->value_name("N")->default_value(50), "so many at most");
  add("json", "print a JSON document");
}

exit_code run_jobs(const invocation& call) {
  const auto filter = job_filter_of(call);
  const auto on = open_existing(call);
  auto jobs = storage::list_jobs(*on, filter);
  storage::note_begun(*on, jobs, storage::read_journal(call.config.values.runtime.data_dir));
  const auto rows = actors::build_rows(std::move(jobs));
  if (const auto as = choose_style(call.has("json")); as == style::json)
    print_page(to_json(rows));
  else
    print_table(job_table(rows), as);
  return exit_code::well;
}

}  // namespace

command jobs_command() {
  return {"jobs", "List jobs, the newest first.", "", 0, 0, jobs_help, declare_jobs, run_jobs};
}

}  // namespace millrace::app
