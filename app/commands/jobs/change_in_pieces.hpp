#pragma once

#include "storage/jobs/ended_jobs.hpp"

#include <cstddef>
#include <functional>
#include <span>

namespace millrace::app {

/// Changes jobs piece by piece, each a transaction of some milliseconds, for as long as `goes_on`,
/// which is told how many are left, answers true. Rests after each piece for as long as it took:
/// SQLite has one writer, and a runtime that waits for it must get its turn. Answers how many were
/// not reached; throws what `change` throws.
std::size_t change_in_pieces(
    std::span<const storage::listed_job> jobs, const std::function<bool(std::size_t left)>& goes_on,
    const std::function<void(std::span<const storage::listed_job>)>& change);

}  // namespace millrace::app
