#include "app/commands/submit/submit_files.hpp"

#include "app/commands/session.hpp"
#include "app/commands/submit/queue_room.hpp"
#include "app/handlers.hpp"
#include "ingest/files/allowed_paths.hpp"
#include "ingest/files/identify_file.hpp"
#include "ingest/ids.hpp"
#include "ingest/store/document_queries.hpp"
#include "pipeline/codes.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/queue_limit.hpp"

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
               const clock& time, storage::new_job model, bool wait, std::string collection)
    : on_{on},
      pipelines_{pipelines},
      jobs_{on, pipelines},
      values_{values},
      time_{time},
      seal_{make_file_seal(values)},
      model_{std::move(model)},
      wait_{wait},
      collection_{std::move(collection)} {
  model_.pipeline = find_pipeline(pipelines, "ingest");
  most_jobs_ = submit_size(pipelines.at(model_.pipeline), most_jobs);
}

/// A file that lies where every job may name it needs no seal.
void intake::seal(ingest::upload& what) const {
  try {
    what.seal = seal_->of(what);
  } catch (const storage::error& e) {
    if (!what.blob.empty())
      throw storage::error{e.kind(), e.summary(), e.why(),
                           "give the server and the runtimes the same user and storage.blob_dir"};
    if (!ingest::is_written_below(values_.ingest.intake.allowed_paths, what.path))
      throw storage::error{e.kind(), e.summary(), e.why(),
                           "submit as the runtime's user and with its storage.blob_dir, or have "
                           "the folder added to ingest.allowed_paths"};
  }
}

intake::candidate intake::identify(const std::string& path, std::size_t& bytes) const {
  candidate one;
  one.told.path = path;
  one.what.path = path;
  one.what.owner = values_.owner;
  one.what.collection = collection_;
  const auto found = ingest::identify_file(path, values_.ingest.intake);
  if (const auto* file = std::get_if<ingest::identified_file>(&found)) {
    bytes += file->bytes.size();
    one.what.sha256 = file->sha256;
    one.what.document_id = ingest::document_id(values_.owner, file->sha256);
    one.told.document_id = one.what.document_id;
  } else {
    const auto& refused = std::get<pipeline::reject>(found);
    one.told.code = refused.code;
    one.told.message = refused.why;
  }
  seal(one.what);
  return one;
}

/// The job that ingests the document, or 0. One that failed passes the document on.
storage::job_id intake::find_first(const std::string& document_id) const {
  if (const auto at = seen_.find(document_id); at != seen_.end())
    return at->second;
  const auto document = ingest::find_document(on_, document_id);
  if (!document || document->status == ingest::document_status::replaced)
    return 0;
  const auto job = storage::find_job(on_, document->job_id);
  return job && has_failed(*job) ? 0 : document->job_id;
}

void intake::add(batch& to, candidate one) const {
  const auto index = to.all.size();
  if (const auto& id = one.what.document_id; !id.empty()) {
    one.what.first_job = find_first(id);
    if (const auto [at, is_new] = to.originals.emplace(id, index); !is_new)
      one.twin = at->second;
  }
  (one.twin ? to.duplicates : to.first).push_back(index);
  to.all.push_back(std::move(one));
}

std::vector<submitted> intake::submit_some(std::span<const std::string>& files) {
  batch some;
  auto rest = files;
  for (std::size_t bytes = 0; !rest.empty() && some.all.size() < most_jobs_ && bytes < most_bytes;
       rest = rest.subspan(1))
    add(some, identify(rest.front(), bytes));
  submit_when_there_is_room(on_, wait_, [&] { return submit(some); });
  files = rest;
  return tell(std::move(some));
}

std::optional<storage::queue_is_full> intake::lacks_room(std::size_t jobs) {
  const auto& in = pipelines_.at(model_.pipeline);
  if (in.queue_limit == 0)
    return std::nullopt;
  // Nothing is taken: the transaction is not committed.
  const storage::transaction look{on_};
  return storage::take_room(on_, in.name, in.queue_limit, static_cast<std::int64_t>(jobs),
                            time_.now());
}

std::variant<std::vector<submitted>, storage::queue_is_full> intake::submit_uploads(
    std::vector<ingest::upload> all) {
  batch whole;
  for (auto& one : all) {
    seal(one);
    submitted told{.path = one.name, .document_id = one.document_id};
    add(whole, {std::move(told), std::move(one), {}});
  }
  const auto answer = submit(whole);
  if (const auto* full = std::get_if<storage::queue_is_full>(&answer))
    return *full;
  return tell(std::move(whole));
}

std::vector<submitted> intake::tell(batch all) {
  std::vector<submitted> made;
  for (auto& [told, what, twin] : all.all) {
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

/// The first job of some bytes has an id before the others, which name it, are made.
storage::submit_answer intake::submit(batch& all) {
  storage::transaction together{on_};
  auto answer = submit(all.all, all.first);
  if (std::holds_alternative<storage::queue_is_full>(answer))
    return answer;
  for (const auto i : all.duplicates)
    if (const auto& original = all.all[*all.all[i].twin]; original.what.first_job == 0)
      all.all[i].what.first_job = original.told.job;
  answer = submit(all.all, all.duplicates);
  if (!std::holds_alternative<storage::queue_is_full>(answer))
    together.commit();
  return answer;
}

storage::submit_answer intake::submit(std::vector<candidate>& all,
                                      const std::vector<std::size_t>& which) {
  std::vector<storage::new_job> jobs;
  for (const auto i : which) {
    jobs.push_back(model_);
    jobs.back().payload = ingest::to_json(all[i].what);
    if (!all[i].what.blob.empty())
      jobs.back().unique = storage::unique_key{.key = all[i].what.document_id};
  }
  auto answer = jobs_.submitter.submit(jobs, time_.now());
  if (const auto* made = std::get_if<std::vector<storage::submitted_job>>(&answer))
    for (std::size_t n = 0; n < which.size(); ++n) {
      auto& one = all[which[n]];
      one.told.job = (*made)[n].id;
      if ((*made)[n].became == storage::submitted_job::submit_result::kept)
        one.what.first_job = one.told.job;
    }
  return answer;
}

}  // namespace millrace::app
