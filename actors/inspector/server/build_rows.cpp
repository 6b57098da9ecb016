#include "actors/inspector/server/build_rows.hpp"

#include <utility>

namespace millrace::actors {
namespace {

template <class Row, class Record>
std::vector<Row> rows_of(std::vector<Record> records) {
  std::vector<Row> rows;
  rows.reserve(records.size());
  for (auto& record : records)
    rows.push_back(build_row(std::move(record)));
  return rows;
}

std::vector<children_row> children_of(std::vector<storage::child_count> counts) {
  std::vector<children_row> rows;
  for (auto& [state, count] : counts)
    rows.push_back({std::move(state), count});
  return rows;
}

}  // namespace

job_row build_row(storage::job_record job) {
  return {.id = job.id,
          .pipeline = std::move(job.pipeline),
          .stage = std::move(job.stage),
          .state = job.state,
          .epoch = job.epoch,
          .attempt = job.attempt,
          .crashes = job.crashes,
          .priority = job.priority,
          .run_at = job.run_at,
          .created_at = job.created_at,
          .updated_at = job.updated_at,
          .claimed_by = job.claimed_by,
          .has_begun = job.has_begun,
          .cancel_requested = job.cancel_requested,
          .correlation_id = std::move(job.correlation_id),
          .payload = std::move(job.payload),
          .output = std::move(job.output),
          .code = std::move(job.code),
          .message = std::move(job.message),
          .unique_key = std::move(job.unique_key),
          .tenant = std::move(job.tenant),
          .tags = std::move(job.tags),
          .parent = job.parent,
          .concurrency_key = std::move(job.concurrency_key),
          .traceparent = std::move(job.traceparent),
          .children = children_of(std::move(job.children))};
}

event_row build_row(storage::event_record event) {
  return {.id = event.id,
          .job = event.job,
          .pipeline = std::move(event.pipeline),
          .stage = std::move(event.stage),
          .type = std::move(event.type),
          .severity = std::move(event.severity),
          .code = std::move(event.code),
          .message = std::move(event.message),
          .epoch = event.epoch,
          .attempt = event.attempt,
          .at = event.at,
          .correlation_id = std::move(event.correlation_id)};
}

runtime_row build_row(storage::runtime_record runtime, time_point now, std::int64_t own) {
  return {.runtime_id = runtime.id,
          .host = std::move(runtime.host),
          .pid = runtime.pid,
          .version = std::move(runtime.version),
          .started_at_us = to_us(runtime.started_at),
          .lease_until_us = to_us(runtime.lease_until),
          .alive = runtime.lease_until > now,
          .ended = runtime.has_ended,
          .self = runtime.id == own};
}

std::vector<job_row> build_rows(std::vector<storage::job_record> jobs) {
  return rows_of<job_row>(std::move(jobs));
}

std::vector<job_row> build_list_rows(std::vector<storage::job_record> jobs) {
  constexpr std::size_t longest_payload = 2048;
  for (auto& job : jobs) {
    if (job.payload.size() > longest_payload)
      job.payload.clear();
    job.output.clear();
  }
  return build_rows(std::move(jobs));
}

std::vector<event_row> build_rows(std::vector<storage::event_record> events) {
  return rows_of<event_row>(std::move(events));
}

}  // namespace millrace::actors
