#include "app/commands/jobs/job_filter.hpp"

#include "app/commands/session.hpp"
#include "base/iso8601.hpp"

#include <fmt/format.h>

#include <optional>

namespace millrace::app {
namespace {

std::optional<time_point> moment_option(const invocation& call, const char* option) {
  if (!call.has(option))
    return std::nullopt;
  const auto at = parse_iso8601(call.text(option));
  if (!at)
    throw bad_usage(fmt::format("cannot use --{} {}", option, call.text(option)), "it is no time",
                    "write 2026-12-01T08:00Z");
  return at;
}

}  // namespace

storage::job_filter job_filter_of(const invocation& call) {
  storage::job_filter filter;
  if (call.has("state"))
    filter.state = choice_option(call, "state", pipeline::all_job_states, "state");
  filter.pipeline = call.text("pipeline");
  filter.stage = call.text("stage");
  filter.tenant = call.text("tenant");
  filter.tag = call.text("tag");
  filter.code = call.text("code");
  filter.unique_key = call.text("unique");
  filter.correlation_id = call.text("correlation");
  filter.created_since = moment_option(call, "since");
  filter.created_before = moment_option(call, "until");
  if (call.has("before"))
    filter.before = call.get<std::int64_t>("before");
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

}  // namespace millrace::app
