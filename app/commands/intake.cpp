#include "app/commands/intake.hpp"

#include "app/commands/session.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/ingest/digest.hpp"
#include "pipeline/ingest/identify_file.hpp"
#include "pipeline/ingest/upload.hpp"
#include "storage/job_queries.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app {
namespace {

// A transaction should not wait for too many files to be read.
constexpr std::size_t most_jobs = 1000;
constexpr std::size_t most_bytes = std::size_t{64} << 20;

bool has_failed(const storage::job_record& job) {
  return job.state == pipeline::job_state::deadletter ||
         job.state == pipeline::job_state::cancelled;
}

}  // namespace

intake::intake(storage::connection& on, const pipeline::catalog& pipelines, const settings& values,
               int priority)
    : on_{on}, jobs_{on, pipelines}, documents_{values.runtime.database}, values_{values} {
  model_.pipeline = find_pipeline(pipelines, "ingest");
  model_.priority = priority;
}

submitted intake::identify(const std::string& path, storage::new_job& job,
                           std::size_t& bytes) const {
  submitted one;
  one.path = path;
  pipeline::ingest::upload what;
  what.path = path;
  what.owner = values_.owner;
  const auto found = pipeline::ingest::identify_file(path, values_.ingest.intake);
  if (const auto* file = std::get_if<pipeline::ingest::identified_file>(&found)) {
    bytes += file->bytes.size();
    what.sha256 = file->sha256;
    what.document_id = pipeline::ingest::document_id(values_.owner, file->sha256);
    one.document_id = what.document_id;
  } else {
    const auto& refused = std::get<pipeline::reject>(found);
    one.code = refused.code;
    one.message = refused.why;
  }
  job.payload = pipeline::ingest::to_json(what);
  return one;
}

/// The job that ingests the document, or 0. One that failed passes the document on.
storage::job_id intake::find_first(const std::string& document_id) const {
  if (const auto at = seen_.find(document_id); at != seen_.end())
    return at->second;
  const auto document = documents_.find(document_id);
  if (!document)
    return 0;
  const auto job = storage::find_job(on_, document->job_id);
  return job && has_failed(*job) ? 0 : document->job_id;
}

std::vector<submitted> intake::submit_some(std::span<const std::string>& files) {
  std::vector<submitted> made;
  std::vector<storage::new_job> jobs;
  std::vector<storage::job_id> firsts;
  for (std::size_t bytes = 0; !files.empty() && made.size() < most_jobs && bytes < most_bytes;
       files = files.subspan(1)) {
    auto job = model_;
    made.push_back(identify(files.front(), job, bytes));
    jobs.push_back(std::move(job));
    // Before the job exists: its own document must not be taken for an earlier one.
    const auto& id = made.back().document_id;
    firsts.push_back(id.empty() ? 0 : find_first(id));
  }
  const auto ids = jobs_.enqueue(jobs, now());
  for (std::size_t i = 0; i < made.size(); ++i) {
    auto& one = made[i];
    one.job = ids[i];
    if (one.document_id.empty())
      continue;
    const auto first = seen_.emplace(one.document_id, firsts[i] != 0 ? firsts[i] : ids[i]);
    if (first.first->second != one.job) {
      one.code = pipeline::codes::UPLOAD_DEDUP_HIT;
      one.message = fmt::format("the same bytes were submitted with job {}", first.first->second);
    }
  }
  return made;
}

}  // namespace millrace::app
