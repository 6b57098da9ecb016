#include "app/commands/commands.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/commands/submit/collect_files.hpp"
#include "app/commands/submit/queue_room.hpp"
#include "app/commands/submit/submit_batch.hpp"
#include "app/commands/submit/submit_files.hpp"
#include "app/commands/submit/submit_report.hpp"
#include "app/commands/submit/wait_for_jobs.hpp"
#include "app/settings/option.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/job_fields.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <csignal>
#include <span>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto submit_help = R"(
Folders are searched for files, with the folders in them. Hidden and temporary files are left out there, and
what `.gitignore` and `.millraceignore` name. A file that was submitted before and has changed is a new
version of its document, and takes the place of the old one as soon as it can be found. A file that cannot be
taken in gets a job as well, whose history says why. In a pipe: one line a job, cells separated by tabs: job,
document, path, code and message.

With --batch every line of the file is a job of --pipeline: {"payload": ..., "priority": 5, "at": ...,
"unique": ..., "concurrency_key": ..., "correlation": ..., "tenant": ..., "tags": [...], "traceparent":
...}, of which only the payload must be there. A line that has no member "payload" is the payload itself.
The other options say what holds for lines that do not say it. A submit that was interrupted goes on where
it was when it is run again, and makes each job once; so does one that ended at a line that is no job, when
that was mended.

With --wait the exit code is 1 when a job ended dead or cancelled. Where the pipeline has a queue_limit,
--wait waits for room as well; of a batch it waits for that only.

Examples:
  millrace submit ~/papers --wait
  millrace submit --pipeline nightly --payload '{"day": "monday"}' --at 2026-12-01T03:00Z
  millrace submit --pipeline nightly --payload '{"order": 17}' --unique order-17 --tenant acme
  millrace submit --pipeline nightly --batch jobs.jsonl
)";

void declare_submit(po::options_description_easy_init add) {
  const auto text = [] { return po::value<std::string>(); };
  add("wait", "wait until all of the jobs have ended, and for room in the queue");
  add("owner", text()->value_name("O"), "whose documents these are (ingest.owner)");
  add("all", "of folders, hidden and ignored files as well");
  add("collection", text()->value_name("C"), "kept with the documents of files, to find them by");
  add("pipeline", text()->value_name("P"), "make one job of this pipeline instead, with --payload");
  add("payload", text()->value_name("JSON"), "what the job of --pipeline is told");
  add("batch", text()->value_name("FILE"),
      "make a job of --pipeline of every line of the file; `-` for stdin");
  add("batch-name", text()->value_name("NAME"),
      "under which it is written down how far the batch is; the file's path if not given, and "
      "nothing is written down of stdin");
  add("priority", po::value<int>()->value_name("N")->default_value(0),
      "jobs with a higher one go first");
  add("at", text()->value_name("TIME"),
      "not before: 2026-12-01T08:00Z, or +10m for ten minutes from now");
  add("unique", text()->value_name("KEY"),
      "make no job while another one of the pipeline has the key");
  add("unique-while", text()->value_name("W")->default_value("unfinished"),
      "how long a job keeps its key: while it is queued, unfinished, done as well, or any (until "
      "it "
      "is deleted)");
  add("on-conflict", text()->value_name("C")->default_value("keep"),
      "when another job has the key: keep it as it is, replace its payload while it waits, or "
      "reject "
      "this one");
  add("concurrency-key", text()->value_name("K"),
      "of the pipeline's jobs with the same key only so many are at work at once as its "
      "key_concurrency says (1)");
  add("correlation", text()->value_name("ID"),
      "an id of your own that stands in every event of the job");
  add("tenant", text()->value_name("T"), "whose job it is");
  add("tag", po::value<std::vector<std::string>>()->value_name("X"),
      "something to find the job by; may be given several times");
  add("traceparent", text()->value_name("T"),
      "where the trace goes on that the jobs belong to (W3C Trace Context)");
  add("json", "print a JSON document");
}

void refuse(std::string why, std::string next) {
  throw bad_usage("cannot submit", std::move(why), std::move(next));
}

void check_submit_usage(const invocation& call) {
  const bool files = !call.arguments.empty();
  if (files == call.has("pipeline"))
    refuse(files ? "--pipeline goes without paths" : "no PATH is given",
           "name files or folders, or a job with --pipeline and --payload");
  for (const auto* option : {"payload", "batch", "unique", "concurrency-key"})
    if (call.has(option) && files)
      refuse(fmt::format("--{} goes with --pipeline", option), "leave it out for files");
  for (const auto* option : {"payload", "unique"})
    if (call.has(option) && call.has("batch"))
      refuse(fmt::format("--{} goes without --batch", option), "say it in the lines of the file");
  for (const auto* option : {"all", "collection", "owner"})
    if (call.has(option) && !files)
      refuse(fmt::format("--{} goes with files", option), "leave it out for jobs of --pipeline");
  if (call.has("batch-name") && !call.has("batch"))
    refuse("--batch-name goes with --batch", "give both");
}

settings with_owner(const invocation& call) {
  auto values = call.config.values;
  const auto* known = find(options(), "ingest.owner");
  if (call.has("owner") && !known->read(values, call.text("owner")))
    throw bad_usage(fmt::format("cannot use --owner {}", call.text("owner")),
                    "it is no owner's name", fmt::format("allowed is: {}", known->allowed));
  return values;
}

storage::unique_key read_unique(const invocation& call) {
  return {{},
          choice_option(call, "unique-while", pipeline::all_unique_scopes, "choice"),
          choice_option(call, "on-conflict", pipeline::all_unique_conflicts, "choice")};
}

/// What the command line says of a job, or of those of files, without its payload and unique key.
storage::new_job read_model(const invocation& call, const pipeline::catalog& pipelines) {
  storage::new_job job;
  if (call.has("pipeline"))
    job.pipeline = find_pipeline(pipelines, call.text("pipeline"));
  job.priority = call.get<int>("priority");
  if (call.has("at"))
    job.run_at = pipeline::read_when(call.text("at"), call.time.now());
  if (call.has("correlation"))
    job.correlation_id = pipeline::read_label("correlation id", call.text("correlation"));
  if (call.has("concurrency-key"))
    job.concurrency_key = pipeline::read_label("concurrency key", call.text("concurrency-key"));
  if (call.has("tenant"))
    job.tenant = pipeline::read_label("tenant", call.text("tenant"));
  if (call.has("tag"))
    for (const auto& tag : call.get<std::vector<std::string>>("tag"))
      pipeline::add_tag(job.tags, tag);
  if (call.has("traceparent"))
    job.traceparent = pipeline::read_traceparent(call.text("traceparent"));
  return job;
}

/// What a job is made of. A wrong field is a wrong command line.
struct request {
  storage::new_job job;
  storage::unique_key unique;
};

request read_request(const invocation& call, const pipeline::catalog& pipelines) {
  try {
    request read{read_model(call, pipelines), read_unique(call)};
    if (call.has("payload"))
      read.job.payload = pipeline::read_payload(call.text("payload"));
    if (call.has("unique")) {
      read.job.unique = read.unique;
      read.job.unique->key = pipeline::read_label("unique key", call.text("unique"));
    }
    return read;
  } catch (const pipeline::bad_field& bad) {
    throw bad_usage("cannot submit", bad.what(), "see `millrace submit --help`");
  }
}

std::string read_collection(const invocation& call) {
  try {
    return call.has("collection") ? pipeline::read_label("collection", call.text("collection"))
                                  : std::string{};
  } catch (const pipeline::bad_field& bad) {
    throw bad_usage("cannot submit", bad.what(), "see `millrace submit --help`");
  }
}

void submit_files(const invocation& call, storage::connection& on,
                  const pipeline::catalog& pipelines, const storage::new_job& model,
                  submit_report& report) {
  const auto values = with_owner(call);
  const auto found = collect_files(call.arguments, {.all = call.has("all")});
  report.note_left_out(found);
  intake jobs{on, pipelines, values, call.time, model, call.has("wait"), read_collection(call)};
  std::span<const std::string> files{found.files};
  while (!files.empty())
    report.add(jobs.submit_some(files));
}

void submit_job(const invocation& call, storage::connection& on, const pipeline::catalog& pipelines,
                const storage::new_job& job, submit_report& report) {
  namespace codes = pipeline::codes;
  using submit_result = storage::submitted_job::submit_result;
  storage::job_store jobs{on, pipelines};
  const auto answer = submit_when_there_is_room(on, call.has("wait"), [&] {
    return jobs.submitter.submit(std::span{&job, 1}, call.time.now());
  });
  if (const auto* held = std::get_if<storage::key_is_held>(&answer))
    throw error{exit_code::no, "cannot submit the job", who_holds(*held),
                fmt::format("`millrace job {}` shows it", held->holder)};
  const auto& made = std::get<std::vector<storage::submitted_job>>(answer).front();
  submitted told;
  told.job = made.id;
  if (made.became != submit_result::made) {
    told.code = made.became == submit_result::kept ? codes::UNIQUE_KEPT : codes::PAYLOAD_REPLACED;
    told.message =
        fmt::format("no new job: job {} holds the unique key{}", made.id,
                    made.became == submit_result::kept ? "" : ", and has the payload now");
  }
  report.add({told});
}

exit_code run_submit(const invocation& call) {
  check_submit_usage(call);
  // A reader that has seen enough must not keep the rest from being submitted.
  std::signal(SIGPIPE, SIG_IGN);
  const pipeline::catalog pipelines{call.config.pipelines};
  submit_report report{choose_style(call.has("json"))};
  const auto read = read_request(call, pipelines);
  const auto on = open_or_create(call);
  if (call.has("batch"))
    return submit_batch(call, *on, pipelines, read.job, read.unique);
  if (call.has("pipeline"))
    submit_job(call, *on, pipelines, read.job, report);
  else
    submit_files(call, *on, pipelines, read.job, report);
  if (call.has("wait"))
    report.note_end(wait_for_jobs(*on, report.jobs(), call.time));
  return report.finish();
}

}  // namespace

command submit_command() {
  return {"submit",       "Make a job of every file, or jobs of any pipeline.",
          "PATH...",      0,
          any_number,     submit_help,
          declare_submit, run_submit};
}

}  // namespace millrace::app
