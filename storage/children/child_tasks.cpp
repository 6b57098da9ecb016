#include "storage/children/child_tasks.hpp"

#include <cstdint>
#include <string>

namespace millrace::storage {

void child_tasks::add(child_task task, const job_ids& jobs) {
  add_family_work(on_, task, jobs);
  add_found(!jobs.empty());
}

void child_tasks::add_for(std::span<const pending_change> changes) {
  add_found(note_families(on_, changes));
}

std::map<child_task, job_ids> child_tasks::take() {
  // In one transaction.
  constexpr std::int64_t most = 500;
  are_left_ = false;
  std::map<child_task, job_ids> taken;
  std::int64_t count = 0;
  on_.prepared<std::int64_t, std::string>("take_family_work")
      .with("limit", most)
      .each([&](pipeline::job_id id, const std::string& task) {
        ++count;
        taken[parse_child_task(task)].insert(id);
      });
  are_left_ = count == most;
  return taken;
}

}  // namespace millrace::storage
