#pragma once

#include "base/time.hpp"
#include "storage/jobs/types.hpp"

#include <string_view>

namespace millrace::app {

/// The job that a line of a file of jobs describes. An object with the member `payload` is a job:
/// its other members may be priority, at, unique, concurrency_key, correlation, tenant, tags and
/// traceparent, and what it does not say is as in `model`. Any other JSON document is the payload
/// of a job that is `model` for the rest. Throws pipeline::bad_field.
///
/// `unique` says how a unique key holds; its own key does not count.
storage::new_job read_job_line(std::string_view line, const storage::new_job& model,
                               const storage::unique_key& unique, time_point now);

}  // namespace millrace::app
