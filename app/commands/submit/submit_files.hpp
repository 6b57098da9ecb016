#pragma once

#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "ingest/files/file_seal.hpp"
#include "ingest/upload.hpp"
#include "storage/jobs/job_store.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace millrace::app {

/// A job that `submit` made.
struct submitted {
  storage::job_id job = 0;
  std::string path;
  /// Empty where the file could not be identified.
  std::string document_id;
  /// UPLOAD_DEDUP_HIT, or why the file could not be identified; empty when all is well.
  std::string code;
  std::string message;
};

/// Makes ingest jobs of files, in transactions of many.
class intake {
 public:
  /// All jobs are as the model, but for their payloads. With `wait` it waits for room where the
  /// pipeline has a limit.
  intake(storage::connection& on, const pipeline::catalog& pipelines, const settings& values,
         const clock& time, storage::new_job model, bool wait, std::string collection = {});

  /// Makes a job of each of the first files, as many as are good for one transaction, and takes
  /// these away. A file that cannot be identified gets one, too: its history tells why. Throws
  /// app::error when there is no room.
  std::vector<submitted> submit_some(std::span<const std::string>& files);

  /// Why so many jobs have no room now, if so. It may be another way when they are submitted.
  std::optional<storage::queue_is_full> lacks_room(std::size_t jobs);

  /// Makes a job of each upload, whose bytes are among the blobs, in one transaction. While a job
  /// has not ended, another upload of its document makes none.
  std::variant<std::vector<submitted>, storage::queue_is_full> submit_uploads(
      std::vector<ingest::upload> all);

 private:
  /// A file on its way to a job.
  struct candidate {
    submitted told;
    ingest::upload what;
    /// An earlier file of the same transaction with the same bytes.
    std::optional<std::size_t> twin;
  };

  /// What one transaction makes jobs of.
  struct batch {
    std::vector<candidate> all;
    /// The first of each document.
    std::map<std::string, std::size_t> originals;
    std::vector<std::size_t> first;
    std::vector<std::size_t> duplicates;
  };

  void seal(ingest::upload& what) const;
  candidate identify(const std::string& path, std::size_t& bytes) const;
  void add(batch& to, candidate one) const;
  storage::submit_answer submit(batch& all);
  storage::submit_answer submit(std::vector<candidate>& all, const std::vector<std::size_t>& which);
  /// What is told of a batch whose jobs were made.
  std::vector<submitted> tell(batch all);
  storage::job_id find_first(const std::string& document_id) const;

  storage::connection& on_;
  const pipeline::catalog& pipelines_;
  storage::job_store jobs_;
  const settings& values_;
  const clock& time_;
  std::shared_ptr<const ingest::file_seal> seal_;
  storage::new_job model_;
  std::size_t most_jobs_ = 0;
  bool wait_ = false;
  /// Of all documents.
  std::string collection_;
  /// Documents of this submit and their first jobs.
  std::map<std::string, storage::job_id> seen_;
};

}  // namespace millrace::app
