#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::pipeline {

/// So many in a time; with 0 there is no bound.
struct rate {
  std::int64_t jobs = 0;
  duration per{};

  bool operator==(const rate&) const = default;
};

/// Reads `100/s`, `5/m`, `1000/1h` or `2/500ms`; `0` for no bound. Nothing for anything else, for
/// more than a million jobs, and for a time under a millisecond or over a day.
std::optional<rate> parse_rate(std::string_view text);

/// As parse_rate() reads it.
std::string format_rate(const rate& of);

/// What holds for all jobs of a stage, or of a tenant, over all runtimes of a database together.
struct limits {
  /// In hand at once; 0: no bound.
  int concurrency = 0;
  /// Claims: a token bucket that holds `starts.jobs` tokens, and is full at first.
  rate starts;

  bool any() const { return concurrency > 0 || starts.jobs > 0; }
};

}  // namespace millrace::pipeline
