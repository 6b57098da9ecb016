#pragma once

#include "pipeline/job.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::pipeline {

/// As long as the job that has a unique key is in one of these states, the key holds.
enum class unique_scope : std::uint8_t {
  /// It waits: queued or retryable.
  queued,
  /// It has not ended.
  unfinished,
  /// It has not failed: unfinished or done.
  done,
  /// It is there.
  any,
};

inline constexpr std::array all_unique_scopes{unique_scope::queued, unique_scope::unfinished,
                                              unique_scope::done, unique_scope::any};

constexpr std::string_view to_string(unique_scope scope) {
  constexpr std::array names{"queued", "unfinished", "done", "any"};
  return names[static_cast<std::size_t>(scope)];
}

constexpr std::optional<unique_scope> parse_unique_scope(std::string_view name) {
  for (const auto one : all_unique_scopes)
    if (to_string(one) == name)
      return one;
  return std::nullopt;
}

/// Whether the key of a job in that state holds.
constexpr bool holds(unique_scope scope, job_state state) {
  switch (scope) {
    case unique_scope::queued:
      return state == job_state::queued || state == job_state::retryable;
    case unique_scope::unfinished:
      return !has_ended(state);
    case unique_scope::done:
      return !has_ended(state) || state == job_state::done;
    case unique_scope::any:
      return true;
  }
  return true;
}

/// What becomes of a submit whose unique key another job holds.
enum class unique_conflict : std::uint8_t {
  /// No job is made; the other one is answered.
  keep,
  /// The same, and the other one gets the payload, if it still waits.
  replace,
  /// The submit is refused.
  reject,
};

inline constexpr std::array all_unique_conflicts{unique_conflict::keep, unique_conflict::replace,
                                                 unique_conflict::reject};

constexpr std::string_view to_string(unique_conflict policy) {
  constexpr std::array names{"keep", "replace", "reject"};
  return names[static_cast<std::size_t>(policy)];
}

}  // namespace millrace::pipeline
