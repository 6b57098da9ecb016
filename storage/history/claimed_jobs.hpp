#pragma once

#include "storage/db/database.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/runtimes/crash_journal.hpp"

#include <cstdint>
#include <optional>
#include <span>

/// Jobs that a runtime has claimed, of which handlers have begun some.
namespace millrace::storage {

/// Sets `has_begun` of each job. A shared database knows it itself; of another one the journal
/// does, if it is that of the runtime that claimed the job. Throws error.
void note_begun(connection& on, std::span<job_record> jobs,
                const std::optional<jobs_in_hand>& hands);

/// How many jobs of its stage go before it in the runtime that claimed it, those at work among
/// them; by priority and time, without ageing and weights.
std::int64_t claimed_before(connection& on, const job_record& job);

}  // namespace millrace::storage
