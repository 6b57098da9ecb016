#include "app/api/routes.hpp"
#include "storage/history/claimed_jobs.hpp"
#include "storage/history/event_follower.hpp"
#include "storage/history/explain.hpp"
#include "storage/history/job_history.hpp"
#include "storage/history/job_json.hpp"
#include "storage/history/job_queries.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app::api {
namespace {

using json = nlohmann::ordered_json;

/// Of a payload or output in a list.
constexpr std::size_t longest_in_list = 1024;

problem no_such_job(std::int64_t id) {
  return not_found(fmt::format("there is no job {}", id),
                   fmt::format("GET /v1/jobs/{}/explain says whether it was ever there", id));
}

storage::job_record find_visible(storage::connection& on, const call& in) {
  auto job = storage::find_job(on, in.job_id());
  if (!job || !in.may_see(job->pipeline, job->tenant))
    throw no_such_job(in.job_id());
  return std::move(*job);
}

/// A payload of megabytes does not make a list of them.
json short_document(storage::job_record job) {
  const auto cut = [](std::string& text) {
    if (text.size() <= longest_in_list)
      return false;
    text.clear();
    return true;
  };
  const auto payload_bytes = job.payload.size();
  const auto output_bytes = job.output.size();
  const bool has_cut_payload = cut(job.payload);
  const bool has_cut_output = cut(job.output);
  auto document = storage::describe(job);
  if (has_cut_payload)
    document["payload_bytes"] = payload_bytes;
  if (has_cut_output)
    document["output_bytes"] = output_bytes;
  return document;
}

json list_document(const std::vector<storage::job_record>& jobs) {
  auto all = json::array();
  for (const auto& one : jobs)
    all.push_back(short_document(one));
  return all;
}

json events_document(const std::vector<storage::event_record>& events) {
  auto all = json::array();
  for (const auto& one : events)
    all.push_back(storage::describe(one));
  return all;
}

void note_begun(storage::connection& on, const call& in, std::span<storage::job_record> jobs) {
  storage::note_begun(on, jobs,
                      storage::read_journal(in.around().config.values.runtime.data_dir));
}

/// Those of the token, where it is bound.
storage::job_filter filter_of(const call& in) {
  storage::job_filter filter;
  if (in.has("state"))
    filter.state = pipeline::parse_job_state(in.text("state"));
  filter.pipeline = in.text("pipeline");
  filter.stage = in.text("stage");
  filter.tenant = in.text("tenant");
  filter.tag = in.text("tag");
  filter.limit = in.number("limit", 50);
  filter.before = in.number("before", 0);
  const auto bind = [](std::string& value, const std::string& bound, const char* name) {
    if (bound.empty())
      return;
    if (!value.empty() && value != bound)
      throw problem{403, "TOKEN_BOUND", "the token does not reach that far",
                    fmt::format("it is bound to the {} `{}`", name, bound),
                    "leave the parameter out, or use another token"};
    value = bound;
  };
  bind(filter.pipeline, in.holder().pipeline, "pipeline");
  bind(filter.tenant, in.holder().tenant, "tenant");
  return filter;
}

}  // namespace

response list_jobs(call& in) {
  const auto filter = filter_of(in);
  return in.with_database([&](storage::connection& on) {
    auto jobs = storage::list_jobs(on, filter);
    note_begun(on, in, jobs);
    json document{{"jobs", list_document(jobs)}};
    const bool is_full = static_cast<std::int64_t>(jobs.size()) == filter.limit;
    document["next_before"] = is_full ? json(jobs.back().id) : json();
    return json_response(document);
  });
}

response get_job(call& in) {
  return in.with_database([&](storage::connection& on) {
    auto job = find_visible(on, in);
    note_begun(on, in, {&job, 1});
    return json_response(storage::describe(job));
  });
}

response explain_job(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto& runtime = in.around().config.values.runtime;
    if (const auto job = storage::find_job(on, in.job_id());
        job && !in.may_see(job->pipeline, job->tenant))
      throw no_such_job(in.job_id());
    const auto why =
        storage::explain(on, in.around().pipelines, in.job_id(), in.around().time.now(),
                         actors::rules_of(runtime), storage::read_journal(runtime.data_dir));
    return json_response(
        {{"job_id", why.job}, {"reason", why.reason}, {"text", why.text}, {"next", why.next}});
  });
}

response list_job_events(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto job = find_visible(on, in);
    auto events = storage::list_events_of_job(on, job.id, in.number("after", 0));
    const auto limit = static_cast<std::size_t>(in.number("limit", 1000));
    const bool has_more = events.size() > limit;
    if (has_more)
      events.resize(limit);
    return json_response({{"events", events_document(events)},
                          {"next_after", has_more ? json(events.back().id) : json()}});
  });
}

response list_children(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto job = find_visible(on, in);
    const auto jobs = storage::list_children(on, job.id, in.number("after", 0),
                                             in.number("limit", 50));
    const bool is_full = static_cast<std::int64_t>(jobs.size()) == in.number("limit", 50);
    return json_response({{"jobs", list_document(jobs)},
                          {"next_after", is_full ? json(jobs.back().id) : json()}});
  });
}

response get_output(call& in) {
  return in.with_database([&](storage::connection& on) -> response {
    auto job = find_visible(on, in);
    if (job.output.empty())
      throw not_found(fmt::format("job {} has no output", job.id),
                      "a job has one when a stage has made it");
    return {200, "application/json", std::move(job.output)};
  });
}

response list_events(call& in) {
  if (!in.holder().pipeline.empty() || !in.holder().tenant.empty())
    throw problem{403, "TOKEN_BOUND", "the token does not reach that far",
                  "it is bound to a pipeline or a tenant, and events are those of all",
                  "ask for the events of one job: GET /v1/jobs/{id}/events"};
  return in.with_database([&](storage::connection& on) {
    storage::event_filter filter;
    filter.code = in.text("code");
    filter.limit = in.number("limit", 1000);
    filter.after = in.has("after") ? in.number("after", 0)
                                   : std::max<std::int64_t>(
                                         0, storage::last_event_id(on) - filter.limit);
    storage::event_horizon horizon{on};
    const auto page = storage::read_page(on, horizon, filter);
    return json_response(
        {{"events", events_document(page.events)}, {"next_after", page.next_after}});
  });
}

}  // namespace millrace::app::api
