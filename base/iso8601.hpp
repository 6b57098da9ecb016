#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// ISO 8601 in UTC, "2026-11-23T16:49:47.123Z".
std::string to_iso8601(time_point at);

/// As to_iso8601(), with microseconds: what programs read.
std::string to_iso8601_us(time_point at);

/// Reads "2026-12-01T08:00Z": a date, a time with or without seconds and their fraction
/// (microseconds at most), and `Z` or an offset from UTC ("+01:00"). Nothing for anything else, a
/// time without an offset for instance, and for days that are not in the calendar.
std::optional<time_point> parse_iso8601(std::string_view text);

}  // namespace millrace
