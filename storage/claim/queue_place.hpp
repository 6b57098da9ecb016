#pragma once

#include "storage/history/job_queries.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <cstdint>
#include <vector>

namespace millrace::storage {

/// What stands before a job that is due: jobs of its tenant that are claimed first, by the same
/// runtimes.
struct queue_place {
  std::int64_t of_higher_priority = 0;
  /// Of its own priority, or of a lower one that has waited for so long that it goes first.
  std::int64_t due_for_longer = 0;
  /// Others that have jobs there, which are served in turn with its own.
  std::int64_t other_tenants = 0;
  /// False: so many jobs stand there that not all were looked at.
  bool is_whole = true;
};

/// How many jobs are looked at for a queue_place.
inline constexpr std::int64_t queue_place_limit = 10'000;

/// The place of a job that is due, among those that one of `runtimes` may claim. Jobs of a stage
/// that is paused, or that none of them serves, are in no job's way; those that no claim has looked
/// at yet are in the way of all. Costs the same however many wait. Throws storage::error.
queue_place find_queue_place(connection& on, const job_record& job,
                             const std::vector<runtime_id>& runtimes, duration priority_ageing,
                             time_point now);

}  // namespace millrace::storage
