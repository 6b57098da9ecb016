#pragma once

#include "pipeline/job.hpp"
#include "pipeline/tracing/trace_context.hpp"

#include <cstdint>
#include <optional>

/// Where the spans of a job belong. All ids follow from the job and its epoch, so that every
/// runtime that has the job in hand, also after a crash, goes on with the same tree:
///
///     the submitter's span, or the attempt that made the job
///     └ the job, from its making to its end
///       ├ wait     until a handler began, of each attempt
///       ├ attempt  of a stage; what the handler did and the jobs that it made are below it
///       └ settle   until what came of it was written
namespace millrace::pipeline::tracing {

/// Which jobs have traces, of those whose submitter does not say it.
class sampler {
 public:
  /// The share of them, 0 to 1.
  explicit sampler(double ratio);

  /// What a job's handler is told, for the attempt with the job's epoch. It follows from what the
  /// job came with or was told for the attempt before; where that is nothing and no other job made
  /// this one, from the share. Empty for a job without a trace. What is not sampled stays as it is.
  std::string traceparent_of(const job& one) const;

 private:
  /// In 53 bits.
  std::uint64_t bound_;
};

/// The span of the whole job.
span_id span_of_job(const trace_id& trace, job_id job);

/// Those of one attempt; the epoch is that of the claim, or of the move to the stage.
struct attempt_spans {
  span_id wait{};
  span_id attempt{};
  span_id settle{};
};
attempt_spans spans_of_attempt(const trace_id& trace, job_id job, std::int64_t epoch);

}  // namespace millrace::pipeline::tracing
