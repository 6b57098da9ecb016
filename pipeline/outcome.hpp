#pragma once

#include "base/time.hpp"
#include "pipeline/effect.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::pipeline {

/// The stage's work is done: the job moves on, with what the stage produced.
struct advance {
  std::vector<effect> effects{};
  /// The stage to go on at, for a stage whose successors have nothing to do; the next one if empty.
  /// Never an earlier one.
  std::string to{};
};

/// advance, and these jobs are made for parts of the job's work.
inline advance advance_with_children(std::vector<new_child> children,
                                     std::vector<effect> more = {}) {
  more.emplace_back(effects::make_children{std::move(children)});
  return {std::move(more), {}};
}

/// A part of the stage's work is done and must not be lost: it is written, and the same handler
/// called again.
struct proceed {
  std::vector<effect> effects;
};

/// Nothing is left to do for this job, in this stage or a later one.
struct finish {
  std::string code;
  std::string why;
  std::vector<effect> effects;
};

/// It failed, and may succeed later: charged as an attempt. `after` overrides the backoff.
struct retry {
  std::string code;
  std::string why;
  std::optional<duration> after{};
  /// What the handler has to know when it is called again. Not written when it was the last
  /// attempt.
  std::vector<effect> effects{};
};

/// Not yet: call again at `until`. Nothing is charged.
struct snooze {
  time_point until;
  std::string why;
  /// What the handler has to know then.
  std::vector<effect> effects{};
  /// OUT_OF_ORDER where a person must act before the work can go on; empty for a mere wait.
  std::string code{};
};

/// It can never succeed.
struct reject {
  std::string code;
  std::string why;
  /// What the handler has to know if the job is sent back.
  std::vector<effect> effects{};
};

/// What a handler answers.
using outcome = std::variant<advance, proceed, finish, retry, snooze, reject>;

}  // namespace millrace::pipeline
