#include "app/commands/job_filter.hpp"

#include "app/commands/session.hpp"
#include "app/nearest.hpp"

#include <fmt/format.h>

namespace millrace::app {
namespace {

pipeline::job_state state_option(const std::string& name) {
  if (const auto state = pipeline::parse_job_state(name))
    return *state;
  std::vector<std::string> known;
  for (const auto one : pipeline::all_job_states)
    known.emplace_back(to_string(one));
  throw bad_usage(fmt::format("cannot use --state {}", name), "there is no such state",
                  did_you_mean(name, known));
}

}  // namespace

storage::job_filter job_filter_of(const invocation& call) {
  storage::job_filter filter;
  if (call.has("state"))
    filter.state = state_option(call.text("state"));
  filter.pipeline = call.text("pipeline");
  filter.stage = call.text("stage");
  filter.tenant = call.text("tenant");
  filter.tag = call.text("tag");
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

}  // namespace millrace::app
