#pragma once

#include "pipeline/job.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace millrace::pipeline {

/// A job that a handler makes for a part of its own job's work. It is made in the transaction of
/// the parent's transition, begins at the first stage of its pipeline, and has the parent's tenant
/// and correlation id. It counts for no queue_limit.
struct new_child {
  /// By name.
  std::string pipeline;
  /// JSON; empty for none.
  std::string payload{};
  /// The parent's if empty.
  std::optional<int> priority{};
};

/// Children that one answer may make.
inline constexpr std::size_t most_children = 10'000;
/// What a joining stage is given of its children's outputs, in bytes of JSON together.
inline constexpr std::size_t most_joined_output = std::size_t{4} << 20;

/// What became of a child.
struct child {
  job_id id = 0;
  /// Nothing when the job has been deleted.
  std::optional<job_state> state;
  /// Of a dead one.
  std::string code{};
  /// A JSON document; empty for nothing.
  std::string output{};
  /// There is one, but with those of the children before it was too much; `millrace job` shows it.
  bool output_left_out = false;
};

/// The children that a joining stage waits for.
struct family {
  /// One has not ended; then `children` is empty.
  bool is_unfinished = false;
  /// In the order in which they were made.
  std::vector<child> children;
};

}  // namespace millrace::pipeline
