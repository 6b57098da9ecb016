#pragma once

#include "actors/status/incidents.hpp"
#include "storage/jobs/types.hpp"
#include "storage/runtimes/schedules.hpp"

#include <vector>

/// What writers log of what they have written.
namespace millrace::actors {

void log_lost(const std::vector<pipeline::job_id>& lost);
void log_fired(const std::vector<storage::fired_schedule>& fired);
/// Counts them as well.
void tell_rescued(const storage::rescue_result& rescued, incidents& befell);

}  // namespace millrace::actors
