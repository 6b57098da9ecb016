#pragma once

#include "storage/db/database.hpp"
#include "storage/jobs/types.hpp"

#include <vector>

namespace millrace::storage {

/// How many jobs are in each state at each stage. Reads every row of the table: not for each
/// second. Throws storage::error.
std::vector<stage_count> count_jobs(connection& on);

}  // namespace millrace::storage
