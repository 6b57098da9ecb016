#pragma once

#include "app/command.hpp"
#include "pipeline/definition.hpp"
#include "storage/jobs/types.hpp"

namespace millrace::app {

/// Makes a job of every line of the file that --batch names, in transactions of many, each of which
/// writes how far it is. `model` and `unique` are what the command line says of all of them. Throws
/// app::error for a line that is no job, with its number; what stands before it is in then.
exit_code submit_batch(const invocation& call, storage::connection& on,
                       const pipeline::catalog& pipelines, const storage::new_job& model,
                       const storage::unique_key& unique);

}  // namespace millrace::app
