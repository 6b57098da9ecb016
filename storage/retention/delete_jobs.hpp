#pragma once

#include "storage/db/database.hpp"
#include "storage/jobs/ended_jobs.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// The deletion of jobs that have ended, with all that belongs to them but their events. All throw
/// storage::error.
namespace millrace::storage {

/// Of these jobs, those to which nothing has happened since; on a shared database nothing will
/// before the transaction ends, and those that another session is about to change are left out, as
/// are children for which their parent may yet ask. In the order of their ids, as the jobs are.
std::vector<listed_job> hold_ended_jobs(connection& on, std::span<const listed_job> jobs);

/// Deletes jobs that are held, all of them above `after` and none above `until`. How many.
std::int64_t delete_held_jobs(connection& on, std::span<const listed_job> held, std::int64_t after,
                              std::int64_t until);

/// Deletes those of the jobs that are as they were when list_ended() found them, in a transaction
/// of its own; an archive does not get them.
sent_back delete_ended(connection& on, std::span<const listed_job> jobs);

}  // namespace millrace::storage
