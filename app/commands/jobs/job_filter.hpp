#pragma once

#include "app/command.hpp"
#include "storage/history/job_queries.hpp"

namespace millrace::app {

/// Which jobs `--state`, `--pipeline`, `--stage` and `--limit` mean. Throws app::error.
storage::job_filter job_filter_of(const invocation& call);

}  // namespace millrace::app
