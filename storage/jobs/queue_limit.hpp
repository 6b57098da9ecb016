#pragma once

#include "storage/db/database.hpp"
#include "storage/jobs/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// How many unfinished jobs a pipeline may have. They are counted where they are submitted, in two
/// small tables, and those that have ended are taken out when a submit needs their room: so a job
/// of a pipeline without a limit costs nothing, no job costs anything when it moves, and it is
/// never more than the limit that has to be looked at. What was not made by submitter::submit() is
/// not counted, except for jobs that are there when the limit is new.
namespace millrace::storage {

/// Takes room for so many jobs, in the transaction that is open; or answers that there is none.
std::optional<queue_is_full> take_room(connection& on, const std::string& in, std::int64_t limit,
                                       std::int64_t count, time_point now);

/// The jobs for which the room was taken.
void fill_room(connection& on, const std::string& in, std::span<const pipeline::job_id> jobs);

/// The jobs leave one pipeline for another, in the transaction that is open: they count there if
/// jobs are counted there, whatever the limit, and no longer here.
void move_room(connection& on, const std::string& from, const std::string& to,
               std::span<const pipeline::job_id> jobs);

}  // namespace millrace::storage
