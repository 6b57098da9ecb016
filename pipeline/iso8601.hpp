#pragma once

#include "pipeline/time.hpp"

#include <string>

namespace millrace::pipeline {

/// ISO 8601 in UTC, "2026-11-23T16:49:47.123Z".
std::string to_iso8601(time_point at);

/// As to_iso8601(), with microseconds: what programs read.
std::string to_iso8601_us(time_point at);

}  // namespace millrace::pipeline
