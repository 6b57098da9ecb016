#pragma once

#include "storage/data_dir.hpp"
#include "storage/database.hpp"
#include "storage/job_queries.hpp"

#include <cstdint>
#include <optional>

/// Jobs that a runtime has claimed, of which handlers have begun some.
namespace millrace::storage {

/// Whether a handler has the job; true where that is not known. A shared database knows it itself;
/// of another one the journal does, if it is that of the runtime that claimed the job.
bool has_begun(connection& on, const job_record& job, const std::optional<jobs_in_hand>& hands);

/// How many jobs of its stage go before it in the runtime that claimed it, those at work among
/// them; by priority and time, without ageing and weights.
std::int64_t claimed_before(connection& on, const job_record& job);

}  // namespace millrace::storage
