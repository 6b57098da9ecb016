#include "storage/jobs/job_changes.hpp"

namespace millrace::storage {

void job_changes::write(std::span<pending_change> changes, time_point now) {
  write_changes(on_, changes, now);
  waiting_.note(changes);
  tasks_.add_for(changes);
}

}  // namespace millrace::storage
