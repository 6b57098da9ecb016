#pragma once

#include "base/time.hpp"
#include "pipeline/unique.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace millrace::pipeline {

/// A job of any pipeline that a handler makes. It is made in the transaction of its own job's
/// transition, begins at the first stage of its pipeline, and nothing waits for it. It counts for
/// no queue_limit.
struct made_job {
  /// By name.
  std::string pipeline;
  /// JSON; empty for none.
  std::string payload{};
  int priority = 0;
  /// Not before; at once if empty.
  std::optional<time_point> run_at{};
  /// Where another job holds the key, none is made; with `replace` that one gets the payload, if it
  /// still waits. Empty for no key.
  std::string unique{};
  unique_scope unique_while = unique_scope::unfinished;
  /// Not `reject`.
  unique_conflict on_conflict = unique_conflict::keep;
  /// These two are those of the job that makes it if empty.
  std::optional<std::string> correlation_id{};
  std::optional<std::string> tenant{};
  std::vector<std::string> tags{};
  /// Empty for none.
  std::string concurrency_key{};
};

/// Jobs that one answer may make, beside its children.
inline constexpr std::size_t most_made_jobs = 10'000;

}  // namespace millrace::pipeline
