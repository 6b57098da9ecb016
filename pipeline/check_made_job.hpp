#pragma once

#include "pipeline/made_job.hpp"

namespace millrace::pipeline {

/// Throws bad_field for a field that cannot be kept. The payload is looked at elsewhere.
void check(const made_job& what);

}  // namespace millrace::pipeline
