#pragma once

#include "actors/inspector/protocol/views.hpp"
#include "actors/inspector/server/database_queries.hpp"
#include "actors/protocol.hpp"
#include "actors/status/job_progress.hpp"
#include "actors/status/runtime_status.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Makes an inspector's views from what is known: no actor is asked.
namespace millrace::actors {

/// Microseconds since an instant of actor_metrics::clock, one at least; 0 where there is none.
std::int64_t age_us(std::int64_t since_ns);

/// Every stage of the catalog, as this runtime sees it; the counts of jobs are zero.
/// `worker_count` is the concurrency of a stage that does not say.
std::vector<stage_view> build_stages(runtime_status& status, const pipeline::catalog& pipelines,
                                     int worker_count, stage_metrics::instant now);

/// What the runtime itself is, and what it has in hand at these stages.
runtime_view build_runtime(const runtime_status& status, const std::vector<stage_view>& stages);

/// Every runtime on the database; `own` is the one that answers.
runtimes_view build_runtimes(std::vector<storage::runtime_record> all, time_point now,
                             std::int64_t own);

/// An order that ends the runtime, for the history, and the answer to the client that gave it.
std::string describe_end(const runtime_status& status, const change_order& given);
std::string answer_to_end(order what);

/// Adds what was counted, and the stages with jobs that are not there yet: those of other runtimes.
void add_figures(std::vector<stage_view>& stages, const figures& counted);

actors_view build_actors(const runtime_status& status, const std::vector<stage_view>& stages);

/// The health monitor waits for answers; this shows which actor keeps it waiting: one that has had
/// the same message in hand for so long hangs.
health_view build_health(health seen, const runtime_status& status, duration hung_after);

/// The view with how far this runtime's handlers say they are.
jobs_view with_progress(jobs_view view, const job_progress& said);
job_view with_progress(job_view view, const job_progress& said);

services_view build_services(const services_seen& seen);

}  // namespace millrace::actors
