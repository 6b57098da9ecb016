#pragma once

#include "storage/history/job_queries.hpp"

#include <map>
#include <vector>

namespace millrace::storage {

/// The events of one job with a higher id than `after`, the oldest first.
///
/// Only some of them are in the index: its landmarks, which are claims and whatever seldom happens.
/// The plain ones, which say that a stage is done or that the job is, happened while a runtime had
/// the job: they are looked for between the claim and the next landmark, in the order in which all
/// events stand. So it costs as much as the runtimes wrote while the job was at work, not as much
/// as the table holds.
std::vector<event_record> list_events_of_job(connection& on, job_id job, std::int64_t after);

/// The events of jobs that have ended, the oldest first; a job without any is not in it. Jobs that
/// were at work at the same time cost little more than one of them.
std::map<job_id, std::vector<event_record>> list_events_of_ended(
    connection& on, const std::vector<job_record>& jobs);

}  // namespace millrace::storage
