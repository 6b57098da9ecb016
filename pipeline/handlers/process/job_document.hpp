#pragma once

#include "pipeline/job.hpp"
#include "pipeline/registry.hpp"

#include <string>

namespace millrace::pipeline::external {

/// Appends what a handler is told about a job: a JSON document in one line, without its end.
/// `deadline` is the earliest time at which the job may be timed out. A payload that is no JSON is
/// told as a string.
void append_job(std::string& to, const job& what, const place& where, time_point deadline);

}  // namespace millrace::pipeline::external
