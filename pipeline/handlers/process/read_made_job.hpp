#pragma once

#include "pipeline/made_job.hpp"

#include <string_view>

namespace millrace::pipeline::external {

/// Reads a job that stands in an answer:
///   {"pipeline": "report", "payload": ..., "priority": 1, "at": "+10m", "unique": "k",
///    "unique_while": "done", "on_conflict": "replace", "correlation": "c", "tenant": "t",
///    "tags": ["x"]}
/// Only the first must be there. Throws bad_field.
made_job read_made_job(std::string_view object, time_point now);

}  // namespace millrace::pipeline::external
