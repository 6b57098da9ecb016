#include "actors/status/job_progress.hpp"

namespace millrace::actors {

void progress_board::set(const storage::job_in_hand& of, pipeline::progress what) {
  const std::scoped_lock guard{mutex_};
  entries_[{of.job, of.epoch}] = {std::move(what), clock::now()};
}

void progress_board::drop(const storage::job_in_hand& of) {
  const std::scoped_lock guard{mutex_};
  entries_.erase({of.job, of.epoch});
}

std::optional<progress_board::report> progress_board::find(const storage::job_in_hand& of) const {
  const std::scoped_lock guard{mutex_};
  const auto at = entries_.find({of.job, of.epoch});
  if (at == entries_.end())
    return std::nullopt;
  return report{at->second.what, clock::now() - at->second.said_at};
}

}  // namespace millrace::actors
