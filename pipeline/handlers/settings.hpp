#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "pipeline/troubles.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace millrace::pipeline::external {

/// What there is to tell about the processes of handlers, besides the outcomes.
struct notice {
  enum class kind : std::uint8_t {
    /// A line of standard error.
    said,
    /// A handler's report on a job.
    progress,
    started,
    /// It could not be started, or was not ready in time.
    not_started,
    /// It ended, or had to be ended.
    ended,
  };
  kind what = kind::said;
  std::string_view pipeline;
  std::string_view stage;
  pid_t pid = 0;
  /// The job that was in hand; 0 for none.
  job_id job = 0;
  std::string_view text;
};

struct settings {
  const clock* time = nullptr;
  /// From any thread.
  std::function<void(const notice&)> tell = [](const notice&) {};
  /// Where it is told what keeps a whole stage from working; may be null.
  std::shared_ptr<pipeline::troubles> troubles{};
  /// How long a process may take from its start until it is ready.
  duration start_limit = std::chrono::seconds{30};
  /// How long it may take to end after SIGTERM, or after the end of its input.
  duration grace = std::chrono::seconds{2};
  /// The wait before a process that was of no use is replaced; none the first time, then this, and
  /// twice as long each time, until `max_backoff`.
  duration backoff = std::chrono::milliseconds{100};
  duration max_backoff = std::chrono::seconds{30};
};

}  // namespace millrace::pipeline::external
