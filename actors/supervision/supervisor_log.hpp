#pragma once

#include "actors/status/runtime_status.hpp"
#include "base/time.hpp"

#include <string>
#include <vector>

/// What the supervisor tells the log while something is waited for.
namespace millrace::actors {

/// Which components have not reported init-complete after so long.
void log_waits_for_init(const std::vector<std::string>& missing, duration waited);

/// How many jobs are still at work at which stages while the runtime drains, and how much of the
/// grace is left.
void log_waits_for_jobs(const runtime_status& status, duration grace_left);

}  // namespace millrace::actors
