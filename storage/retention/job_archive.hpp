#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "storage/db/database.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace millrace::storage {

/// A job, and the epoch that it had when it was looked at: it has another one when anything has
/// happened to it since.
struct job_at_epoch {
  pipeline::job_id job = 0;
  std::int64_t epoch = 0;

  friend bool operator==(const job_at_epoch&, const job_at_epoch&) = default;
};

/// Where jobs are kept that are about to be deleted: files of JSON lines in a folder, one for each
/// day (of UTC) on which jobs were archived, `jobs-2026-11-27.jsonl`, mode 0600. A line is what
/// `millrace job ID --json` shows. Several processes may write to one folder.
class job_archive {
 public:
  /// The folder is made with the first job, mode 0700.
  explicit job_archive(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Appends the jobs that still have that epoch, with their history; what is written is durable.
  /// Those that the call before had written are not written again: a caller whose deletion failed
  /// may come back with the same. Throws storage::error; then no line of this call is there.
  void add(connection& on, const std::vector<job_at_epoch>& jobs, time_point now);

 private:
  void append(std::string_view lines, time_point now);

  std::filesystem::path folder_;
  std::vector<job_at_epoch> written_;
};

}  // namespace millrace::storage
