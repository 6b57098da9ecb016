#include "app/api/contract.hpp"

#include "app/api/routes.hpp"
#include "pipeline/job.hpp"
#include "pipeline/unique.hpp"

#include <algorithm>
#include <utility>

namespace millrace::app::api {
namespace {

using enum storage::access_role;

template <class All>
std::vector<std::string> names_of(const All& all) {
  std::vector<std::string> names;
  for (const auto one : all)
    names.emplace_back(to_string(one));
  return names;
}

parameter text(std::string name, std::string help) { return {std::move(name), value_kind::text, std::move(help)}; }

parameter needed(parameter one) {
  one.required = true;
  return one;
}

parameter number(std::string name, std::string help, std::int64_t least, std::int64_t most) {
  return {.name = std::move(name), .kind = value_kind::number, .help = std::move(help), .least = least, .most = most};
}

parameter choice(std::string name, std::string help, std::vector<std::string> choices) {
  return {.name = std::move(name), .kind = value_kind::choice, .help = std::move(help), .choices = std::move(choices)};
}

constexpr std::int64_t largest_id = std::int64_t{1} << 53;

parameter limit(std::int64_t most) {
  return number("limit", "So many at most.", 1, most);
}

parameter after(std::string help) { return number("after", std::move(help), 0, largest_id); }

std::vector<route> job_routes() {
  return {
      {.method = "POST", .path = "/v1/jobs", .id = "submitJobs", .role = submitter,
       .summary = "Submits a job (JSON), or many in one transaction (NDJSON).",
       .query = {text("pipeline", "The pipeline of the jobs."),
                 choice("unique_while", "How long a job keeps its unique key.", names_of(pipeline::all_unique_scopes)),
                 choice("on_conflict", "What becomes of a job whose unique key another one has.", names_of(pipeline::all_unique_conflicts))},
       .body = {{"application/json", "application/x-ndjson"}, "NewJob",
                "A payload, or an object with the member `payload` and further members."},
       .status = 201, .answer = "SubmittedJob", .command = "submit", .run = submit_jobs},
      {.method = "GET", .path = "/v1/jobs", .id = "listJobs", .role = viewer,
       .summary = "Lists jobs, the newest first, without long payloads and outputs.",
       .query = {choice("state", "Only jobs in this state.", names_of(pipeline::all_job_states)),
                 text("pipeline", "Only jobs of this pipeline."), text("stage", "Only jobs at this stage."),
                 text("tenant", "Only jobs of this tenant."), text("tag", "Only jobs with this tag."),
                 limit(1000), number("before", "Only jobs with a smaller id: `next_before` of the page before.", 1, largest_id)},
       .answer = "JobPage", .command = "jobs", .run = list_jobs},
      {.method = "GET", .path = "/v1/jobs/{id}", .id = "getJob", .role = viewer,
       .summary = "Shows a job with its payload and output.",
       .query = {{.name = "wait", .kind = value_kind::wait, .help = "Wait so long for its end, up to 5m."}},
       .answer = "Job", .command = "job", .run = get_job},
      {.method = "GET", .path = "/v1/jobs/{id}/explain", .id = "explainJob", .role = viewer,
       .summary = "Says why a job waits, works or has ended, and what to do.", .answer = "Explanation",
       .command = "explain", .run = explain_job},
      {.method = "GET", .path = "/v1/jobs/{id}/events", .id = "listJobEvents", .role = viewer,
       .summary = "Lists the events of a job, the oldest first.",
       .query = {after("Only events with a higher id: `next_after` of the page before."), limit(10'000)},
       .answer = "EventPage", .command = "events", .run = list_job_events},
      {.method = "GET", .path = "/v1/jobs/{id}/children", .id = "listChildren", .role = viewer,
       .summary = "Lists the jobs that a job has made, the oldest first.",
       .query = {after("Only jobs with a higher id: `next_after` of the page before."), limit(1000)},
       .answer = "ChildPage", .run = list_children},
      {.method = "GET", .path = "/v1/jobs/{id}/output", .id = "getOutput", .role = viewer,
       .summary = "The output of a job, as it came.", .answer = "Document", .run = get_output},
      {.method = "POST", .path = "/v1/jobs/{id}/cancel", .id = "cancelJob", .role = operates,
       .summary = "Cancels a job, or asks the runtime that works on it to end it.", .answer = "JobPlace",
       .command = "cancel", .run = cancel_job},
      {.method = "POST", .path = "/v1/jobs/{id}/retry", .id = "retryJob", .role = operates,
       .summary = "Lets a job run that waits for its time, or is dead or cancelled.", .answer = "JobPlace",
       .command = "retry", .run = retry_job},
      {.method = "POST", .path = "/v1/jobs/{id}/replay", .id = "replayJob", .role = operates,
       .summary = "Sends an ended job back to a stage.",
       .query = {needed(text("from", "The stage."))}, .answer = "JobPlace", .command = "replay", .run = replay_job},
  };
}

std::vector<route> other_routes() {
  return {
      {.method = "GET", .path = "/v1/events", .id = "listEvents", .role = viewer,
       .summary = "Lists events in the order of their ids, the newest page where `after` is not given.",
       .query = {text("code", "Only events with this code."),
                 after("Only events with a higher id: `next_after` of the page before."), limit(10'000)},
       .answer = "EventPage", .command = "events", .run = list_events},
      {.method = "GET", .path = "/v1/pipelines", .id = "listPipelines", .role = viewer,
       .summary = "Lists the pipelines with their stages, how many jobs are where, and what is paused.",
       .answer = "PipelineList", .run = list_pipelines},
      {.method = "POST", .path = "/v1/stages/pause", .id = "pauseStage", .role = operates,
       .summary = "Pauses a stage, or a whole pipeline.",
       .query = {needed(text("pipeline", "The pipeline.")), text("stage", "The stage; all of them if not given.")},
       .answer = "StagePause", .command = "pause", .run = pause_stage},
      {.method = "POST", .path = "/v1/stages/resume", .id = "resumeStage", .role = operates,
       .summary = "Resumes a stage, or a whole pipeline.",
       .query = {needed(text("pipeline", "The pipeline.")), text("stage", "The stage; all of them if not given.")},
       .answer = "StagePause", .command = "resume", .run = resume_stage},
      {.method = "GET", .path = "/v1/runtimes", .id = "listRuntimes", .role = viewer,
       .summary = "Lists the runtimes of the database.", .answer = "RuntimeList", .run = list_runtimes},
      {.method = "GET", .path = "/v1/schedules", .id = "listSchedules", .role = viewer,
       .summary = "Lists what makes jobs when its time comes.", .answer = "ScheduleList", .command = "schedules",
       .run = list_schedules},
      {.method = "POST", .path = "/v1/search", .id = "search", .role = viewer,
       .summary = "Finds the chunks of documents that answer a question best.",
       .body = {{"application/json"}, "SearchRequest", "The question, and how many chunks at most."},
       .answer = "SearchResult", .command = "search", .run = search},
      {.method = "GET", .path = "/v1/tokens", .id = "listTokens", .role = admin,
       .summary = "Lists the tokens, without their secrets.", .answer = "TokenList", .command = "token",
       .run = list_tokens},
      {.method = "POST", .path = "/v1/tokens", .id = "createToken", .role = admin,
       .summary = "Makes a token and shows its secret, once.",
       .query = {needed(text("name", "Its name.")), needed(choice("role", "What it may do.", names_of(storage::all_access_roles))),
                 text("owner", "Bind it to the documents of this owner."), text("tenant", "Bind it to this tenant."), text("pipeline", "Bind it to this pipeline."),
                 {.name = "expires", .kind = value_kind::wait, .help = "How long it is valid; for ever if not given."}},
       .status = 201, .answer = "NewToken", .command = "token", .run = create_token},
      {.method = "DELETE", .path = "/v1/tokens/{name}", .id = "revokeToken", .role = admin,
       .summary = "Revokes a token, for the whole fleet at once.", .status = 204, .command = "token", .run = revoke_token},
      {.method = "GET", .path = "/v1/openapi.json", .id = "getOpenApi", .role = viewer,
       .summary = "This description.", .answer = "Document", .run = openapi, .is_open = true},
      {.method = "GET", .path = "/healthz", .id = "health", .role = viewer,
       .summary = "Says that the process answers.", .run = health, .is_open = true},
      {.method = "GET", .path = "/readyz", .id = "readiness", .role = viewer,
       .summary = "Says that the database can be used.", .run = readiness, .is_open = true},
      {.method = "GET", .path = "/metrics", .id = "metrics", .role = viewer,
       .summary = "Figures for Prometheus, in OpenMetrics text.", .run = metrics},
  };
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

const std::vector<route>& contract() {
  static const std::vector<route> all = [] {
    auto routes = job_routes();
    for (auto& one : other_routes())
      routes.push_back(std::move(one));
    return routes;
  }();
  return all;
}

match find_route(std::string_view method, std::string_view path) {
  const auto asked = split(path);
  match answer;
  for (const auto& one : contract()) {
    const auto known = split(one.path);
    if (known.size() != asked.size())
      continue;
    std::map<std::string, std::string, std::less<>> parts;
    const bool fits = std::equal(known.begin(), known.end(), asked.begin(), [&](auto a, auto b) {
      if (!a.starts_with('{'))
        return a == b;
      parts.emplace(a.substr(1, a.size() - 2), b);
      return !b.empty();
    });
    if (!fits)
      continue;
    if (one.method == method)
      return {&one, std::move(parts), {}};
    answer.allowed += (answer.allowed.empty() ? "" : ", ") + one.method;
  }
  return answer;
}

}  // namespace millrace::app::api
