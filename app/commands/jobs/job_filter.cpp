#include "app/commands/jobs/job_filter.hpp"

#include "app/commands/session.hpp"

namespace millrace::app {

storage::job_filter job_filter_of(const invocation& call) {
  storage::job_filter filter;
  if (call.has("state"))
    filter.state = choice_option(call, "state", pipeline::all_job_states, "state");
  filter.pipeline = call.text("pipeline");
  filter.stage = call.text("stage");
  filter.tenant = call.text("tenant");
  filter.tag = call.text("tag");
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

}  // namespace millrace::app
