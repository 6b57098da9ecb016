#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "pipeline/tracing/span.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::pipeline::tracing {

/// What the spans of a job say of it.
struct job_labels {
  job_id job = 0;
  std::string_view pipeline;
  std::string_view correlation_id;
  /// Empty for none.
  std::string_view tenant;
};

/// One call of a handler for a job.
struct attempt_record {
  std::string_view stage;
  std::int64_t epoch = 0;
  /// 1 for the first at the stage.
  int attempt = 1;
  /// Nothing where the runtime does not know it: then there is no span of the wait.
  std::optional<time_point> waits_since{};
  time_point began;
  time_point ended;
  time_point written;
  /// "done", "advanced", "retried", "dead" ...
  std::string_view outcome;
  bool has_failed = false;
  std::string code{};
  std::string message{};
};

/// From the wait to the writing.
std::vector<span> spans_of(const trace_id& trace, const job_labels& of, const attempt_record& what);

/// Of the wait alone, where that is known.
span span_of_wait(const trace_id& trace, const job_labels& of, const attempt_record& what);

/// Of an attempt that ended with its runtime: when it began and was found dead is known.
span span_of_lost(const trace_id& trace, const job_labels& of, const attempt_record& what);

/// A job from its making to its end.
struct job_life {
  /// The submitter's span, or no_span.
  span_id parent{};
  time_point made;
  time_point ended;
  job_state became = job_state::done;
  std::string code{};
  std::string message{};
};
span span_of(const trace_id& trace, const job_labels& of, const job_life& what);

}  // namespace millrace::pipeline::tracing
