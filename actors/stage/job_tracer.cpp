#include "actors/stage/job_tracer.hpp"

#include "pipeline/tracing/job_spans.hpp"
#include "pipeline/tracing/trace_context.hpp"
#include "pipeline/transitions.hpp"

#include <cstddef>
#include <string_view>

namespace millrace::actors {
namespace {

namespace tracing = pipeline::tracing;

std::string_view outcome_of(const storage::settled& change) {
  using pipeline::job_state;
  if (!change)
    return "fenced";
  switch (change->state) {
    case job_state::done:
    case job_state::cancelled:
      return to_string(change->state);
    case job_state::deadletter:
      return "dead";
    case job_state::retryable:
      return "retried";
    case job_state::queued:
    case job_state::working:
      break;
  }
  return change->events.front().type == pipeline::event_type::stage_done ? "advanced" : "postponed";
}

bool has_failed(const storage::settled& change) {
  return !change || change->state == pipeline::job_state::deadletter ||
         change->state == pipeline::job_state::retryable;
}

}  // namespace

void job_tracer::begin(std::span<pipeline::job> jobs) const {
  for (auto& one : jobs)
    one.traceparent = to_->sampling().traceparent_of(one);
}

void job_tracer::came_back(const batch_run::report& report) {
  if (report.times.empty())
    return;
  const std::scoped_lock guard{mutex_};
  for (std::size_t i = 0; i < report.times.size(); ++i) {
    const auto& one = report.jobs[i];
    const auto at = tracing::parse_traceparent(one.traceparent);
    if (at && at->is_sampled)
      calls_.insert_or_assign({one.id, one.epoch}, report.times[i]);
  }
}

std::optional<job_tracer::attempt> job_tracer::take(const pipeline::job& which,
                                                    const storage::settled& change,
                                                    time_point now) {
  const handed_out key{which.id, which.epoch};
  const std::scoped_lock guard{mutex_};
  const auto call = calls_.extract(key);
  const auto carried_on = carried_on_.extract(key);
  if (change && change->state == pipeline::job_state::working)
    carried_on_[{which.id, change->epoch}] = now;
  if (call.empty())
    return std::nullopt;
  if (!carried_on.empty())
    return attempt{call.mapped(), carried_on.mapped()};
  // A job that was not carried on to a later stage keeps the time when it was first due.
  const bool is_known = which.stage == 0 || which.attempt > 0;
  return attempt{call.mapped(), is_known ? std::optional{which.run_at} : std::nullopt};
}

void job_tracer::settled(const pipeline::job& one, const storage::settled& change, time_point now) {
  const bool has_ended = change && pipeline::has_ended(change->state);
  if (one.traceparent.empty() && !has_ended)
    return;
  const auto at = tracing::parse_traceparent(to_->sampling().traceparent_of(one));
  if (!at || !at->is_sampled)
    return;
  const auto what = take(one, change, now);
  tracing::traced_job more{.job = one.id, .epoch = one.epoch, .has_ended = has_ended};
  if (what) {
    add_spans(one, at->trace, *what, change, now);
    more.has_crashed = one.crashes > 0;
    if (!what->waits_since)
      more.waited = {one.run_at, what->call.began};
  }
  if (more.has_ended || more.has_crashed || more.waited)
    to_->read(more);
}

void job_tracer::add_spans(const pipeline::job& one, const tracing::trace_id& trace,
                           const attempt& what, const storage::settled& change, time_point now) {
  const auto& in = pipelines_.at(one.pipeline);
  tracing::attempt_record record{.stage = in.stages.at(one.stage).name,
                                 .epoch = one.epoch,
                                 .attempt = one.attempt + 1,
                                 .waits_since = what.waits_since,
                                 .began = what.call.began,
                                 .ended = what.call.ended,
                                 .written = now,
                                 .outcome = outcome_of(change),
                                 .has_failed = has_failed(change)};
  if (change) {
    record.code = change->events.back().code;
    record.message = change->events.back().message;
  } else {
    record.code = "JOB_FENCED";
    record.message = "another runtime has the job: nothing was written";
  }
  to_->add(tracing::spans_of(trace, {one.id, in.name, one.correlation_id, one.tenant}, record));
}

}  // namespace millrace::actors
