#pragma once

#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/types.hpp"

#include <cstddef>
#include <functional>

namespace millrace::app {

/// How many jobs of the pipeline to submit at once, `most` at most: with a limit no more than a
/// part of it, so that a submitter that waits for room does not wait for an empty queue.
std::size_t submit_size(const pipeline::definition& of, std::size_t most);

/// Calls `submit`, and answers what that does. Where the queue is full: with `wait` again and
/// again, until it is not; else it throws app::error, which says how full, and for how long if that
/// is known.
storage::submit_answer submit_when_there_is_room(
    storage::connection& on, bool wait, const std::function<storage::submit_answer()>& submit);

}  // namespace millrace::app
