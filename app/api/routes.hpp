#pragma once

#include "app/api/call.hpp"

/// The functions of the table, by what they are about.
namespace millrace::app::api {

response submit_jobs(call& in);
response list_jobs(call& in);
response get_job(call& in);
response explain_job(call& in);
response list_job_events(call& in);
response list_children(call& in);
response get_output(call& in);

response cancel_job(call& in);
response retry_job(call& in);
response replay_job(call& in);
response move_job(call& in);

response list_events(call& in);
response list_pipelines(call& in);
response pause_stage(call& in);
response resume_stage(call& in);
response list_runtimes(call& in);
response list_schedules(call& in);
response search(call& in);

response list_tokens(call& in);
response create_token(call& in);
response revoke_token(call& in);

response health(call& in);
response readiness(call& in);
response metrics(call& in);
response openapi(call& in);

}  // namespace millrace::app::api
