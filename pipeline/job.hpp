#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::pipeline {

using job_id = std::int64_t;

enum class job_state : std::uint8_t { queued, working, retryable, done, deadletter, cancelled };

/// Every state, in the order of the enumeration.
inline constexpr std::array all_job_states{job_state::queued,     job_state::working,
                                           job_state::retryable,  job_state::done,
                                           job_state::deadletter, job_state::cancelled};

/// The name of a state, as the database and the user see it.
constexpr std::string_view to_string(job_state s) {
  constexpr std::array names{"queued", "working", "retryable", "done", "deadletter", "cancelled"};
  return names[static_cast<std::size_t>(s)];
}

/// The state of that name, or nothing.
constexpr std::optional<job_state> parse_job_state(std::string_view name) {
  for (auto s : all_job_states)
    if (to_string(s) == name)
      return s;
  return std::nullopt;
}

/// Nothing happens to a job in that state, unless an order asks for it.
constexpr bool has_ended(job_state s) {
  return s == job_state::done || s == job_state::deadletter || s == job_state::cancelled;
}

struct family;

/// A job in the hands of a runtime. Pipeline and stage are positions in the runtime's catalog and
/// in the pipeline's list of stages.
struct job {
  job_id id = 0;
  std::uint16_t pipeline = 0;
  std::uint16_t stage = 0;
  job_state state = job_state::queued;
  bool cancel_requested = false;
  /// The fence: every write raises it, and a write that names an old one changes nothing.
  std::int64_t epoch = 0;
  /// The runtime that holds it, a part of the fence: after a failover that lost commits, ids and
  /// epochs come again. 0 for none.
  std::int64_t claimed_by = 0;
  /// Failures charged in the stage where the job stands.
  int attempt = 0;
  /// Times that a runtime died while it was at work on the job, since it made progress last.
  int crashes = 0;
  int priority = 0;
  time_point run_at{};
  /// Follows the job through every event; the submitter's own, or one that millrace made.
  std::string correlation_id;
  /// The tenant of the job; empty for none.
  std::string tenant;
  /// What the submitter marked it with.
  std::vector<std::string> tags;
  /// The job's input, a JSON document; empty for none.
  std::string payload;
  /// What the last stage that returned something returned, a JSON document; empty for nothing.
  std::string output;
  /// Of payload and output, when a runtime claimed it.
  std::size_t claimed_bytes = 0;
  /// The job that made this one; 0 for none.
  job_id parent = 0;
  /// Whether it has a concurrency key, or that was not read.
  bool may_have_key = false;
  /// Where its trace goes on (W3C Trace Context): what the submitter gave, for a handler the span
  /// of its attempt; empty for a job without a trace.
  std::string traceparent;
  /// The job's children, while it stands at a stage that joins them; null elsewhere.
  std::shared_ptr<const family> children;
};

}  // namespace millrace::pipeline
