#pragma once

#include "pipeline/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::pipeline {

/// Reads a duration with its unit: `500us`, `20ms`, `3s`, `5m`, `1h`, `30d`; `0` needs none.
/// Nothing for anything else, and for what does not fit.
std::optional<duration> parse_duration(std::string_view text);

/// The shortest exact spelling that parse_duration() reads: `90s`, `5m`.
std::string format_duration(duration d);

}  // namespace millrace::pipeline
