#include "app/commands/collect_files.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/intake.hpp"
#include "app/commands/records.hpp"
#include "app/commands/session.hpp"
#include "app/commands/submit_report.hpp"
#include "app/commands/wait_for_jobs.hpp"
#include "app/settings/option.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <csignal>
#include <span>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto details = R"(
Folders are searched for files, with the folders in them. A file that cannot be taken in gets a job
as well, whose history says why. In a pipe: one line a job, cells separated by tabs: job, document,
path, code and message.

With --wait the exit code is 1 when a job ended dead or cancelled.

Examples:
  millrace submit ~/papers --wait
  millrace submit --pipeline nightly --payload '{"day": "monday"}'
)";

void declare(po::options_description_easy_init add) {
  add("wait", "wait until all of the jobs have ended");
  add("owner", po::value<std::string>()->value_name("O"),
      "whose documents these are (ingest.owner)");
  add("pipeline", po::value<std::string>()->value_name("P"),
      "make one job of this pipeline instead, with --payload");
  add("payload", po::value<std::string>()->value_name("JSON"),
      "what the job of --pipeline is told");
  add("priority", po::value<int>()->value_name("N")->default_value(0),
      "jobs with a higher one go first");
  add("json", "print a JSON document");
}

void check_usage(const invocation& call) {
  const bool files = !call.arguments.empty();
  if (files == call.has("pipeline"))
    throw bad_usage("cannot submit", files ? "--pipeline goes without paths" : "no PATH is given",
                    "name files or folders, or a job with --pipeline and --payload");
  if (call.has("payload") && !call.has("pipeline"))
    throw bad_usage("cannot submit", "--payload goes with --pipeline", "give both");
  if (call.has("payload") && !is_json(call.text("payload")))
    throw bad_usage("cannot submit", "the payload is no JSON document",
                    "write for instance --payload '{\"day\": \"monday\"}'");
}

settings with_owner(const invocation& call) {
  auto values = call.config.values;
  const auto* known = find(options(), "ingest.owner");
  if (call.has("owner") && !known->read(values, call.text("owner")))
    throw bad_usage(fmt::format("cannot use --owner {}", call.text("owner")),
                    "it is no owner's name", fmt::format("allowed is: {}", known->allowed));
  return values;
}

void submit_files(const invocation& call, storage::connection& on,
                  const pipeline::catalog& pipelines, submit_report& report) {
  const auto values = with_owner(call);
  const auto found = collect_files(call.arguments);
  report.note_left_out(found);
  intake jobs{on, pipelines, values, call.get<int>("priority")};
  std::span<const std::string> files{found.files};
  while (!files.empty())
    report.add(jobs.submit_some(files));
}

void submit_job(const invocation& call, storage::connection& on, const pipeline::catalog& pipelines,
                submit_report& report) {
  storage::new_job job;
  job.pipeline = find_pipeline(pipelines, call.text("pipeline"));
  job.priority = call.get<int>("priority");
  job.payload = call.text("payload");
  const auto ids = storage::job_store{on, pipelines}.enqueue(std::span{&job, 1}, now());
  submitted one;
  one.job = ids.front();
  report.add({one});
}

exit_code run(const invocation& call) {
  check_usage(call);
  // A reader that has seen enough must not keep the rest from being submitted.
  std::signal(SIGPIPE, SIG_IGN);
  const pipeline::catalog pipelines{call.config.pipelines};
  submit_report report{choose_style(call.has("json"))};
  const auto on = open_or_create(call.config.values);
  if (call.has("pipeline"))
    submit_job(call, *on, pipelines, report);
  else
    submit_files(call, *on, pipelines, report);
  if (call.has("wait"))
    report.note_end(wait_for_jobs(*on, report.jobs()));
  return report.finish();
}

}  // namespace

command submit_command() {
  return {"submit", "Make a job of every file.", "PATH...", 0, any_number, details, declare, run};
}

}  // namespace millrace::app
