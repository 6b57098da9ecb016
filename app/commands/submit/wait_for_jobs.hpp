#pragma once

#include "base/time.hpp"
#include "storage/history/job_queries.hpp"

#include <vector>

namespace millrace::app {

/// How the jobs that were waited for ended.
struct waited {
  /// Dead or cancelled.
  std::vector<storage::job_record> failed;
  /// Ctrl-C ended the wait, so the outcomes are unknown.
  bool interrupted = false;
};

/// Waits until all of the jobs have ended, with a progress bar on a terminal. Says so on stderr
/// when no runtime is there to work on them.
waited wait_for_jobs(storage::connection& on, const std::vector<storage::job_id>& jobs,
                     const clock& time);

}  // namespace millrace::app
