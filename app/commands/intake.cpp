#include "app/commands/intake.hpp"

#include "app/commands/session.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/ingest/digest.hpp"
#include "pipeline/ingest/identify_file.hpp"
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

intake::candidate intake::identify(const std::string& path, std::size_t& bytes) const {
  candidate one;
  one.told.path = path;
  one.what.path = path;
  one.what.owner = values_.owner;
  const auto found = pipeline::ingest::identify_file(path, values_.ingest.intake);
  if (const auto* file = std::get_if<pipeline::ingest::identified_file>(&found)) {
    bytes += file->bytes.size();
    one.what.sha256 = file->sha256;
    one.what.document_id = pipeline::ingest::document_id(values_.owner, file->sha256);
    one.told.document_id = one.what.document_id;
  } else {
    const auto& refused = std::get<pipeline::reject>(found);
    one.told.code = refused.code;
    one.told.message = refused.why;
  }
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
  std::vector<candidate> all;
  std::map<std::string, std::size_t> originals;
  std::vector<std::size_t> first;
  std::vector<std::size_t> twins;
  for (std::size_t bytes = 0; !files.empty() && all.size() < most_jobs && bytes < most_bytes;
       files = files.subspan(1)) {
    auto& one = all.emplace_back(identify(files.front(), bytes));
    const auto index = all.size() - 1;
    const auto& id = one.what.document_id;
    if (!id.empty()) {
      one.what.first_job = find_first(id);
      if (const auto [at, is_new] = originals.emplace(id, index); !is_new)
        one.twin = at->second;
    }
    (one.twin ? twins : first).push_back(index);
  }
  // The first job of some bytes has an id before the others, which name it, are made.
  storage::transaction together{on_};
  enqueue(all, first);
  for (const auto i : twins)
    if (all[i].what.first_job == 0)
      all[i].what.first_job = all[*all[i].twin].told.job;
  enqueue(all, twins);
  together.commit();

  std::vector<submitted> made;
  for (auto& [told, what, twin] : all) {
    if (!told.document_id.empty())
      seen_.emplace(told.document_id, what.first_job != 0 ? what.first_job : told.job);
    if (what.first_job != 0) {
      told.code = pipeline::codes::UPLOAD_DEDUP_HIT;
      told.message = fmt::format("the same bytes were submitted with job {}", what.first_job);
    }
    made.push_back(std::move(told));
  }
  return made;
}

void intake::enqueue(std::vector<candidate>& all, const std::vector<std::size_t>& which) {
  std::vector<storage::new_job> jobs;
  for (const auto i : which) {
    jobs.push_back(model_);
    jobs.back().payload = pipeline::ingest::to_json(all[i].what);
  }
  const auto ids = jobs_.enqueue(jobs, now());
  for (std::size_t n = 0; n < which.size(); ++n)
    all[which[n]].told.job = ids[n];
}

}  // namespace millrace::app
