#include "actors/status/job_progress.hpp"

namespace millrace::actors {

void job_progress::set(const storage::running_job& of, pipeline::progress what) {
  const std::scoped_lock guard{mutex_};
  entries_[{of.job, of.epoch}] = {std::move(what), clock::now()};
}

void job_progress::drop(const storage::running_job& of) {
  const std::scoped_lock guard{mutex_};
  entries_.erase({of.job, of.epoch});
}

std::optional<job_progress::report> job_progress::find(const storage::running_job& of) const {
  const std::scoped_lock guard{mutex_};
  const auto at = entries_.find({of.job, of.epoch});
  if (at == entries_.end())
    return std::nullopt;
  return report{at->second.what, clock::now() - at->second.said_at};
}

}  // namespace millrace::actors
