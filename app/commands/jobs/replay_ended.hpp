#pragma once

#include "app/command.hpp"
#include "storage/jobs/ended_jobs.hpp"

namespace millrace::app {

/// `millrace replay --dead`, `--cancelled` or `--done`: sends the jobs back that the options name.
exit_code replay_ended(const invocation& call);

/// Prints what became of them.
void tell_sent_back(const storage::sent_back& all);

}  // namespace millrace::app
