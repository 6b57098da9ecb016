#include "storage/history/job_traces.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/tracing/job_spans.hpp"
#include "pipeline/tracing/trace_context.hpp"
#include "storage/db/id_list.hpp"
#include "storage/history/event_rows.hpp"
#include "storage/history/job_history.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace millrace::storage {
namespace {

namespace codes = pipeline::codes;
namespace tracing = pipeline::tracing;

struct traced_row {
  pipeline::job job;
  std::string pipeline;
  time_point made;
  time_point changed;
  std::string code;
  std::string message;
};

std::vector<traced_row> read_rows(connection& on, std::string_view ids) {
  std::vector<traced_row> rows;
  on.prepared<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::string,
              std::string, std::string, std::string, std::int64_t, std::string>("traced_jobs")
      .with("ids", ids)
      .each([&](std::int64_t id, const std::string& in, const std::string& state,
                std::int64_t created_at, std::int64_t updated_at, const std::string& correlation_id,
                const std::string& code, const std::string& message, const std::string& tenant,
                std::int64_t parent, const std::string& traceparent) {
        traced_row row{.pipeline = in,
                       .made = from_us(created_at),
                       .changed = from_us(updated_at),
                       .code = code,
                       .message = message};
        row.job.id = id;
        row.job.state = pipeline::parse_job_state(state).value();
        row.job.correlation_id = correlation_id;
        row.job.tenant = tenant;
        row.job.parent = parent;
        row.job.traceparent = traceparent;
        rows.push_back(std::move(row));
      });
  return rows;
}

std::map<job_id, std::vector<event_record>> read_landmarks(
    connection& on, std::span<const tracing::traced_job> jobs) {
  id_list ids{on.dialect(), jobs.size()};
  bool are_any = false;
  for (const auto& one : jobs)
    if (one.has_crashed) {
      ids.add(one.job);
      are_any = true;
    }
  std::map<job_id, std::vector<event_record>> all;
  if (!are_any)
    return all;
  std::vector<event_record> events;
  read_events(event_rows(on, "list_landmarks_of_jobs").with("ids", ids.finish()), events);
  for (auto& one : events)
    if (one.code != codes::CANCEL_REQUESTED)
      all[one.job].push_back(std::move(one));
  return all;
}

bool tells_of_death(const event_record& one) {
  return one.code == codes::RESCUED || one.code == codes::POISON;
}

tracing::span make_lost(const tracing::trace_id& trace, const tracing::job_labels& of,
                        const event_record& claim, const event_record& death) {
  return tracing::span_of_lost(trace, of,
                               {.stage = claim.stage,
                                .epoch = claim.epoch,
                                .attempt = claim.attempt + 1,
                                .began = claim.at,
                                .ended = death.at,
                                .outcome = "lost",
                                .has_failed = true,
                                .code = death.code,
                                .message = "the runtime that had the job died"});
}

/// The attempts that died one after the other before the event at `end`, and nothing between them.
void add_lost(const tracing::trace_id& trace, const tracing::job_labels& of,
              const std::vector<event_record>& events, std::size_t end,
              std::vector<tracing::span>& to) {
  for (; end >= 2; end -= 2) {
    const auto& claim = events[end - 2];
    const auto& death = events[end - 1];
    if (claim.type != "stage_started" || !tells_of_death(death))
      return;
    to.push_back(make_lost(trace, of, claim, death));
  }
}

/// Whether a rescue cancelled the job, as was asked before: its claim and its end come last.
bool was_cancelled_by_rescue(const std::vector<event_record>& events,
                             const tracing::traced_job& one) {
  return one.epoch == 0 && events.size() >= 2 && events.back().code == codes::CANCELLED &&
         events[events.size() - 2].type == "stage_started";
}

/// Where the attempt begins whose end tells of those before it; one that the death of a runtime
/// ended is told by the end of the job, which has two events.
std::size_t end_of_lost(const std::vector<event_record>& events, std::int64_t epoch) {
  const auto at = std::find_if(events.begin(), events.end(), [&](const auto& one) {
    return one.type == "stage_started" && one.epoch == epoch;
  });
  auto end = static_cast<std::size_t>(at - events.begin());
  if (at == events.end() && end > 0 && events.back().type == "finalized")
    --end;
  return end;
}

/// Since the event before the claim.
void add_wait(connection& on, const tracing::trace_id& trace, const tracing::job_labels& of,
              const tracing::traced_job& one, std::vector<tracing::span>& to) {
  const auto events = list_events_of_job(on, one.job, 0);
  const auto claim = std::find_if(events.begin(), events.end(), [&](const auto& known) {
    return known.type == "stage_started" && known.epoch == one.epoch;
  });
  if (claim == events.end() || claim == events.begin())
    return;
  to.push_back(
      tracing::span_of_wait(trace, of,
                            {.stage = claim->stage,
                             .epoch = one.epoch,
                             .waits_since = std::max(std::prev(claim)->at, one.waited->due),
                             .began = one.waited->began}));
}

}  // namespace

std::vector<tracing::span> read_traces(connection& on, const tracing::sampler& sampling,
                                       std::span<const tracing::traced_job> jobs) {
  id_list ids{on.dialect(), jobs.size()};
  for (const auto& one : jobs)
    ids.add(one.job);
  std::map<job_id, traced_row> rows;
  for (auto& row : read_rows(on, ids.finish()))
    rows.emplace(row.job.id, std::move(row));
  const auto landmarks = read_landmarks(on, jobs);
  std::vector<tracing::span> spans;
  for (const auto& one : jobs) {
    const auto at = rows.find(one.job);
    if (at == rows.end())
      continue;
    const auto& row = at->second;
    const auto own = tracing::parse_traceparent(sampling.traceparent_of(row.job));
    if (!own || !own->is_sampled)
      continue;
    const tracing::job_labels labels{row.job.id, row.pipeline, row.job.correlation_id,
                                     row.job.tenant};
    if (const auto found = landmarks.find(one.job); found != landmarks.end()) {
      const auto& events = found->second;
      auto end = end_of_lost(events, one.epoch);
      if (was_cancelled_by_rescue(events, one)) {
        end = events.size() - 2;
        spans.push_back(make_lost(own->trace, labels, events[end], events.back()));
      }
      add_lost(own->trace, labels, events, end, spans);
    }
    if (one.waited)
      add_wait(on, own->trace, labels, one, spans);
    if (!pipeline::has_ended(row.job.state) || !one.has_ended)
      continue;
    const auto given = tracing::parse_traceparent(row.job.traceparent);
    spans.push_back(tracing::span_of(own->trace, labels,
                                     {.parent = given ? given->parent : tracing::no_span,
                                      .made = row.made,
                                      .ended = row.changed,
                                      .became = row.job.state,
                                      .code = row.code,
                                      .message = row.message}));
  }
  return spans;
}

}  // namespace millrace::storage
