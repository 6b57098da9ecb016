#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// A wait that something outside asks for, and whether it asked for more than is allowed.
struct bounded_wait {
  duration length{0};
  bool is_cut = false;
};

/// So many seconds, `longest` at most, and none for less than none or what is no number: no sum of
/// a time and what comes of it overflows.
bounded_wait bounded_seconds(double seconds, duration longest);

/// Reads a duration with its unit: `500us`, `20ms`, `3s`, `5m`, `1h`, `30d`; `0` needs none.
/// Nothing for anything else, and for what does not fit.
std::optional<duration> parse_duration(std::string_view text);

/// The shortest exact spelling that parse_duration() reads: `90s`, `5m`.
std::string format_duration(duration d);

}  // namespace millrace
