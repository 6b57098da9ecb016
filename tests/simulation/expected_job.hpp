#pragma once

#include "storage/history/job_queries.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::simulation {

/// A job as its history says that it must be.
struct expected_job {
  std::uint16_t pipeline = 0;
  std::uint16_t stage = 0;
  pipeline::job_state state = pipeline::job_state::queued;
  /// It moved on, and may be working or queued there: the next that is seen of it tells.
  bool is_open = false;
  std::int64_t epoch = 0;
  int attempt = 0;
  /// As the row said last, with the rescues since then that were charged, or may have been.
  int least_crashes = 0;
  int most_crashes = 0;
  bool cancel_requested = false;
  time_point run_at{};
  /// The backoff has jitter: run_at may be later by so much.
  duration run_at_slack{};
  std::string tenant;
  std::string concurrency_key;
  std::string payload;
  std::string output;
  std::optional<std::int64_t> claimed_by;
  /// It had ended once: a full pipeline no longer counts it.
  bool was_sent_back = false;
  /// What ends a job is told by two events of one epoch: the first, while the second is awaited.
  std::optional<storage::event_record> half;
};

}  // namespace millrace::simulation
