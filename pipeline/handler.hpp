#pragma once

#include "pipeline/job.hpp"
#include "pipeline/outcome.hpp"

#include <functional>
#include <stop_token>

namespace millrace::pipeline {

/// What a handler is told beside the job.
struct context {
  time_point now;
  /// Set when the answer is no longer wanted (timeout, cancel, end of the grace at shutdown). A
  /// handler that takes long looks at it; one that starts a child kills it.
  std::stop_token stop;
};

/// The work of one stage: a function from a job to an outcome. It is called from several threads,
/// knows neither actors nor SQL, and may throw: that is a retry with the code HANDLER_ERROR.
/// It may be called again for work that it did before (after a crash), then with a higher epoch.
using handler = std::function<outcome(const job&, const context&)>;

}  // namespace millrace::pipeline
