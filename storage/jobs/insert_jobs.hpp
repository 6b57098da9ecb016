#pragma once

#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/types.hpp"

#include <random>
#include <span>
#include <vector>

namespace millrace::storage {

/// Inserts jobs in bulk, in the transaction that is open, and answers their ids in order. What has
/// no correlation id gets one of the random bits.
std::vector<job_id> insert_jobs(connection& on, const pipeline::catalog& pipelines,
                                std::span<const new_job> jobs, std::mt19937_64& random,
                                time_point now);

}  // namespace millrace::storage
