#pragma once

#include "pipeline/job.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/progress.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string_view>
#include <variant>

namespace millrace::pipeline {

/// What a handler is told beside the job.
struct context {
  time_point now;
  /// Set when the answer is no longer wanted (timeout, cancel, end of the grace at shutdown). A
  /// handler that takes long looks at it; one that starts a child kills it.
  std::stop_token stop;
  /// Hears progress(); null when no listener is set.
  progress_listener* listener = nullptr;
  /// That of the job; empty for a batch handler, whose jobs have their own.
  std::string_view traceparent{};

  /// Says how far the handler is with the job in its hands, for people who look while it works; the
  /// last word counts until the job has its outcome. Percent are taken into 0 to 100, NaN means no
  /// figure; the message becomes one line of 300 bytes at most. From any thread, until the handler
  /// returns, but not from a callback of `stop`.
  void progress(double percent, std::string_view message = {}) const;
  /// The same without percent.
  void progress(std::string_view message) const;
};

/// The work of one stage: a function from a job to an outcome. It is called from several threads,
/// knows neither actors nor SQL, and may throw: that is a retry with the code HANDLER_ERROR.
/// It may be called again for work that it did before (after a crash), then with a higher epoch.
using handler = std::function<outcome(const job&, const context&)>;

/// Takes what a batch handler answers.
class answers {
 public:
  virtual ~answers() = default;
  /// The work begins: from now on the first job without an outcome is in hand. Its time runs, and
  /// whatever goes wrong is charged to it alone.
  virtual void begin() = 0;
  /// The handler is at work on no more than the first `wanted` of the jobs that have no outcome.
  /// Answers on how many it may be: those behind went to another call, and must not be touched any
  /// more. A handler that never says so is taken to be at work on all that it was given.
  virtual std::size_t hold(std::size_t wanted) = 0;
  /// The outcome of the first job that has none.
  virtual void answer(outcome what) = 0;
};

/// The same for a handler that is at work on many jobs at once. It may return before all have an
/// outcome, but not before one more has: then it is called again with those that are left, and a
/// stop that was asked for is no longer. What it throws is the outcome of the first that has none.
using batch_handler = std::function<void(std::span<const job>, const context&, answers&)>;

using stage_work = std::variant<handler, batch_handler>;

}  // namespace millrace::pipeline
