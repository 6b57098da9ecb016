#include "pipeline/tracing/job_spans.hpp"

#include "base/text_line.hpp"
#include "pipeline/tracing/job_trace.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::pipeline::tracing {
namespace {

span begin_span(const trace_id& trace, span_id id, span_id parent, std::string name) {
  span one;
  one.trace = trace;
  one.id = id;
  one.parent = parent;
  one.name = std::move(name);
  return one;
}

void label(span& one, const job_labels& of) {
  one.attributes.emplace_back("millrace.job.id", of.job);
  one.attributes.emplace_back("millrace.pipeline", std::string{of.pipeline});
}

void label(span& one, const job_labels& of, const attempt_record& what) {
  label(one, of);
  one.attributes.emplace_back("millrace.stage", std::string{what.stage});
  one.attributes.emplace_back("millrace.epoch", what.epoch);
}

/// What the submitter chose, which may be no UTF-8 where it came with SQL.
void label_with_names(span& one, const job_labels& of) {
  one.attributes.emplace_back("millrace.correlation_id", one_line(of.correlation_id));
  if (!of.tenant.empty())
    one.attributes.emplace_back("millrace.tenant", one_line(of.tenant));
}

void set_end(span& one, std::string_view outcome, bool has_failed, const std::string& code,
             const std::string& message) {
  one.attributes.emplace_back("millrace.outcome", std::string{outcome});
  if (!code.empty())
    one.attributes.emplace_back("millrace.code", one_line(code));
  one.has_failed = has_failed;
  if (has_failed)
    one.message = one_line(message.empty() ? code : fmt::format("{}: {}", code, message));
}

span make_attempt(const trace_id& trace, const job_labels& of, const attempt_record& what,
                  span_id id) {
  auto one = begin_span(trace, id, span_of_job(trace, of.job),
                        fmt::format("attempt {}.{}", of.pipeline, what.stage));
  one.begin = what.began;
  one.end = what.ended;
  label(one, of, what);
  one.attributes.emplace_back("millrace.attempt", std::int64_t{what.attempt});
  label_with_names(one, of);
  set_end(one, what.outcome, what.has_failed, what.code, what.message);
  return one;
}

}  // namespace

std::vector<span> spans_of(const trace_id& trace, const job_labels& of,
                           const attempt_record& what) {
  const auto ids = spans_of_attempt(trace, of.job, what.epoch);
  auto settle = begin_span(trace, ids.settle, span_of_job(trace, of.job),
                           fmt::format("settle {}.{}", of.pipeline, what.stage));
  settle.kind = span_kind::client;
  settle.begin = what.ended;
  settle.end = what.written;
  label(settle, of, what);
  std::vector<span> all;
  if (what.waits_since)
    all.push_back(span_of_wait(trace, of, what));
  all.push_back(make_attempt(trace, of, what, ids.attempt));
  all.push_back(std::move(settle));
  return all;
}

span span_of_wait(const trace_id& trace, const job_labels& of, const attempt_record& what) {
  auto wait =
      begin_span(trace, spans_of_attempt(trace, of.job, what.epoch).wait,
                 span_of_job(trace, of.job), fmt::format("wait {}.{}", of.pipeline, what.stage));
  wait.begin = std::min(what.waits_since.value_or(what.began), what.began);
  wait.end = what.began;
  label(wait, of, what);
  return wait;
}

span span_of_lost(const trace_id& trace, const job_labels& of, const attempt_record& what) {
  return make_attempt(trace, of, what, spans_of_attempt(trace, of.job, what.epoch).attempt);
}

span span_of(const trace_id& trace, const job_labels& of, const job_life& what) {
  auto one = begin_span(trace, span_of_job(trace, of.job), what.parent,
                        fmt::format("job {}", of.pipeline));
  one.kind = span_kind::consumer;
  one.begin = what.made;
  one.end = what.ended;
  label(one, of);
  label_with_names(one, of);
  const bool is_dead = what.became == job_state::deadletter;
  set_end(one, is_dead ? "dead" : to_string(what.became), is_dead, what.code, what.message);
  return one;
}

}  // namespace millrace::pipeline::tracing
