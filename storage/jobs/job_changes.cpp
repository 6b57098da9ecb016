#include "storage/jobs/job_changes.hpp"

#include "storage/claim/key_places.hpp"

#include <cstdint>
#include <vector>

namespace millrace::storage {

void job_changes::write(std::span<pending_change> changes, time_point now) {
  write_in_place(changes, now);
  leave_places_of(changes);
}

void job_changes::write_in_place(std::span<pending_change> changes, time_point now) {
  write_changes(on_, changes, now);
  waiting_.note(changes);
  tasks_.add_for(changes);
}

void job_changes::leave_places_of(std::span<const pending_change> changes) {
  std::vector<job_id> left;
  for (const auto& one : changes)
    if (one.job->may_have_key && one.became == change_result::held &&
        one.to.state != pipeline::job_state::working)
      left.push_back(one.job->id);
  const auto woken = leave_places(on_, left);
  for (const auto& one : woken)
    waiting_.note_unsorted(one.priority, one.at);
  if (woken.empty())
    return;
  on_.prepared<std::int64_t>("notify_jobs").first();
  add_due(woken.size());
}

}  // namespace millrace::storage
