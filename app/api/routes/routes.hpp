#pragma once

#include "actors/inspector/client/client.hpp"
#include "app/api/call.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/types.hpp"

#include <cstdint>
#include <string>

/// The functions of the table, by what they are about.
namespace millrace::app::api {

// Jobs.
response submit_jobs(call& in);
response list_jobs(call& in);
response get_job(call& in);
response explain_job(call& in);
response list_job_events(call& in);
response list_children(call& in);
response get_output(call& in);

// Orders about one job, and about many.
response cancel_job(call& in);
response retry_job(call& in);
response replay_job(call& in);
response move_job(call& in);
response replay_jobs(call& in);
response move_jobs(call& in);
response cancel_jobs(call& in);
response delete_jobs(call& in);

// Stages.
response list_stages(call& in);
response pause_stage(call& in);
response resume_stage(call& in);

// The runtime that uses the data directory, and the fleet.
response get_runtime(call& in);
response list_actors(call& in);
response list_services(call& in);
response get_health(call& in);
response drain_runtime(call& in);
response stop_runtime(call& in);
response list_runtimes(call& in);
response list_schedules(call& in);
response pause_schedule(call& in);
response resume_schedule(call& in);
response run_schedule(call& in);
response list_tenants(call& in);

response list_events(call& in);
response search(call& in);
response upload_documents(call& in);
response list_documents(call& in);
response get_document(call& in);
response get_document_text(call& in);
response list_document_chunks(call& in);
response delete_document(call& in);

response list_tokens(call& in);
response create_token(call& in);
response revoke_token(call& in);

response open_session(call& in);
response get_session(call& in);
response close_session(call& in);

response get_liveness(call& in);
response get_readiness(call& in);
response get_metrics(call& in);
response get_openapi(call& in);

/// The job of the path. Throws problem 404, also for a job that the token must not see.
storage::job_record find_visible_job(storage::connection& on, const call& in);

/// Which events a request asks for, without where they begin. Throws problem for a token that must
/// not see those of all.
storage::event_filter events_of(const call& in);

/// The position of the pipeline. Throws problem 404, also for one that the token must not see.
std::uint16_t find_visible_pipeline(const call& in, const std::string& name);

/// The runtime that uses the data directory; its actors are not asked directly, for they may hang.
/// Throws attach_error.
actors::attachment attach(const environment& around);

/// A document has an owner; tenants and pipelines are those of jobs. Throws problem 403 for a token
/// that is bound to one of these.
void require_documents(const call& in);

/// Where the trace of the request goes on, for the jobs that it makes. Empty without the header
/// `traceparent`, and where the standard has a receiver ignore it.
std::string traceparent_of(const call& in);

/// 429 with how full the queue is, and Retry-After.
problem queue_full(const storage::queue_is_full& full);

/// Throws problem 404 where there is no such stage.
void check_target(const call& in, const std::string& pipeline, const std::string& stage);

}  // namespace millrace::app::api
