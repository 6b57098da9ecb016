#pragma once

#include "actors/status/work_tally.hpp"
#include "base/time.hpp"
#include "storage/claim/set_aside.hpp"

#include <span>

namespace millrace::actors {

/// Tells of jobs that can never be claimed and are dead now: in the log, of the first few each, and
/// in the tally.
void report_aside(std::span<const storage::job_aside> jobs, work_tally& tally,
                  work_tally::instant now, time_point at);

}  // namespace millrace::actors
