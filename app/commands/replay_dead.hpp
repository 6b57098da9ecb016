#pragma once

#include "app/command.hpp"
#include "storage/dead_jobs.hpp"

namespace millrace::app {

/// `millrace replay --dead`: sends the dead jobs back that the options name.
exit_code replay_dead(const invocation& call);

/// Prints what became of them.
void tell_sent_back(const storage::sent_back& all);

}  // namespace millrace::app
