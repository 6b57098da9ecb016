#pragma once

#include "pipeline/effect.hpp"
#include "storage/db/database.hpp"

namespace millrace::storage {

/// Writes one effect of a transition of the job, in the transaction that is open on the connection.
/// Children are made for all jobs of a transaction together (settler::settle). Throws
/// storage::error.
void write_effect(connection& on, pipeline::job_id job, const pipeline::effect& what,
                  time_point now);

}  // namespace millrace::storage
