#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/ended_jobs.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace millrace::storage {

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
  void add(connection& on, const std::vector<listed_job>& jobs, time_point now);

 private:
  void append(std::string_view lines, time_point now);

  std::filesystem::path folder_;
  std::vector<listed_job> written_;
};

}  // namespace millrace::storage
