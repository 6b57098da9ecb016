#include "storage/retention/delete_jobs.hpp"

#include "storage/children/children.hpp"
#include "storage/db/id_list.hpp"

#include <algorithm>

namespace millrace::storage {

std::vector<listed_job> hold_ended_jobs(connection& on, std::span<const listed_job> jobs) {
  id_list ids{on.dialect(), jobs.size()};
  for (const auto& one : jobs)
    ids.add(one.id);
  std::vector<listed_job> held;
  job_ids found;
  auto at = jobs.begin();
  // Both lists are in the order of the ids.
  on.prepared<std::int64_t, std::int64_t>("hold_ended")
      .with("ids", ids.finish())
      .each([&](std::int64_t id, std::int64_t epoch) {
        at = std::find_if(at, jobs.end(), [&](const auto& one) { return one.id == id; });
        if (at != jobs.end() && at->epoch == epoch) {
          held.push_back(*at);
          found.insert(found.end(), id);
        }
      });
  const auto wanted = children_of_unfinished(on, found);
  std::erase_if(held, [&](const auto& one) { return wanted.contains(one.id); });
  return held;
}

std::int64_t delete_held_jobs(connection& on, std::span<const listed_job> held, std::int64_t after,
                              std::int64_t until) {
  id_list ids{on.dialect(), held.size()};
  for (const auto& one : held)
    ids.add(one.id);
  const auto deleted = on.prepared<>("delete_jobs").with("ids", ids.finish()).run();
  if (deleted > 0)
    for (const auto* what : {"delete_details", "forget_keys", "forget_children", "forget_joins"})
      on.prepared<>(what).with("after", after).with("until", until).run();
  return deleted;
}

sent_back delete_ended(connection& on, std::span<const listed_job> jobs) {
  return guarded("cannot delete jobs", [&] {
    sent_back result;
    if (jobs.empty())
      return result;
    transaction tx{on};
    const auto held = hold_ended_jobs(on, jobs);
    result.replayed = delete_held_jobs(on, held, jobs.front().id - 1, jobs.back().id);
    result.changed = static_cast<std::int64_t>(jobs.size()) - result.replayed;
    tx.commit();
    return result;
  });
}

}  // namespace millrace::storage
