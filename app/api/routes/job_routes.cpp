#include "actors/inspector/server/build_rows.hpp"
#include "actors/inspector/server/build_views.hpp"
#include "app/api/routes/routes.hpp"
#include "storage/history/claimed_jobs.hpp"
#include "storage/history/event_follower.hpp"
#include "storage/history/explain.hpp"
#include "storage/history/job_history.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/runtimes/crash_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::app::api {
namespace {

constexpr std::int64_t default_jobs = 50;
constexpr std::int64_t default_events = 1000;
/// For a filter that few jobs match: then the next page goes on.
constexpr duration look_patience = std::chrono::milliseconds{40};

void note_begun(storage::connection& on, const call& in, std::span<storage::job_record> jobs) {
  storage::note_begun(on, jobs, storage::read_journal(in.around().config.values.runtime.data_dir));
}

/// Those of the token, where it is bound.
storage::job_filter filter_of(const call& in) {
  storage::job_filter filter;
  if (in.has("state"))
    filter.state = pipeline::parse_job_state(in.text("state"));
  filter.pipeline = in.bound("pipeline", in.holder().pipeline);
  filter.stage = in.text("stage");
  filter.tenant = in.bound("tenant", in.holder().tenant);
  filter.tag = in.text("tag");
  filter.code = in.text("code");
  filter.unique_key = in.text("unique");
  filter.correlation_id = in.text("correlation");
  filter.created_since = in.moment("since");
  filter.created_before = in.moment("until");
  filter.limit = in.number("limit", default_jobs);
  filter.before = in.number("before", filter.before);
  return filter;
}

std::vector<actors::job_row> list_rows(storage::connection& on, const call& in,
                                       std::vector<storage::job_record> jobs) {
  note_begun(on, in, jobs);
  return actors::build_list_rows(std::move(jobs));
}

}  // namespace

storage::job_record find_visible_job(storage::connection& on, const call& in) {
  const auto id = in.job_id();
  auto job = storage::find_job(on, id);
  if (!job || !in.may_see(job->pipeline, job->tenant))
    throw not_found(fmt::format("there is no job {}", id),
                    fmt::format("GET /v1/jobs/{}/explain says whether it was ever there", id));
  return std::move(*job);
}

response list_jobs(call& in) {
  const auto filter = filter_of(in);
  return in.with_database([&](storage::connection& on) {
    auto found = storage::read_job_page(on, filter, look_patience);
    return view_response(job_page{list_rows(on, in, std::move(found.jobs)), found.next_before});
  });
}

response get_job(call& in) {
  return in.with_database([&](storage::connection& on) {
    auto job = find_visible_job(on, in);
    note_begun(on, in, {&job, 1});
    actors::job_view view{.job = actors::build_row(std::move(job))};
    if (const auto& status = in.around().status)
      view = actors::with_progress(std::move(view), *status->progress());
    auto document = shown_value(*view.job);
    document["progress"] = shown_value(view.progress);
    return json_response(document);
  });
}

response explain_job(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto& runtime = in.around().config.values.runtime;
    const auto id = in.job_id();
    if (const auto job = storage::find_job(on, id); job && !in.may_see(job->pipeline, job->tenant))
      find_visible_job(on, in);
    return view_response(storage::explain(on, in.around().pipelines, id, in.around().time.now(),
                                          actors::rules_of(runtime),
                                          storage::read_journal(runtime.data_dir)));
  });
}

response list_job_events(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto job = find_visible_job(on, in);
    auto events = storage::list_events_of_job(on, job.id, in.number("after", 0));
    const auto limit = static_cast<std::size_t>(in.number("limit", default_events));
    event_page page;
    if (events.size() > limit) {
      events.resize(limit);
      page.next_after = events.back().id;
    }
    page.events = actors::build_rows(std::move(events));
    return view_response(page);
  });
}

response list_children(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto job = find_visible_job(on, in);
    const auto limit = in.number("limit", default_jobs);
    auto jobs = storage::list_children(on, job.id, in.number("after", 0), limit);
    child_page page;
    if (static_cast<std::int64_t>(jobs.size()) == limit)
      page.next_after = jobs.back().id;
    page.jobs = list_rows(on, in, std::move(jobs));
    return view_response(page);
  });
}

response get_output(call& in) {
  return in.with_database([&](storage::connection& on) {
    auto job = find_visible_job(on, in);
    if (job.output.empty())
      throw not_found(fmt::format("job {} has no output", job.id),
                      "a job has one when a stage has made it");
    return typed_response("application/json", std::move(job.output));
  });
}

storage::event_filter events_of(const call& in) {
  in.require_no_tenant(
      "events are those of all tenants, and the token is bound to one: ask for those of one job");
  storage::event_filter filter;
  filter.code = in.text("code");
  filter.limit = in.number("limit", default_events);
  return filter;
}

response list_events(call& in) {
  auto filter = events_of(in);
  const auto pipeline = in.bound("pipeline", in.holder().pipeline);
  return in.with_database([&](storage::connection& on) {
    filter.after = in.has("after")
                       ? in.number("after", 0)
                       : std::max<std::int64_t>(0, storage::last_event_id(on) - filter.limit);
    storage::event_horizon horizon{on};
    auto read = storage::read_page(on, horizon, filter, look_patience);
    if (!pipeline.empty())
      std::erase_if(read.events, [&](const auto& event) { return event.pipeline != pipeline; });
    return view_response(event_page{actors::build_rows(std::move(read.events)), read.next_after});
  });
}

}  // namespace millrace::app::api
