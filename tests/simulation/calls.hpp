#pragma once

#include "pipeline/job.hpp"
#include "pipeline/outcome.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace millrace::simulation {

/// One call of a handler: what it was asked, and what it answered.
struct call {
  int runtime = 0;
  /// Nothing while it is at work, and after it threw or died.
  std::optional<pipeline::outcome> answer;
  bool threw = false;
  /// Its runtime died while the job was in the handler, and that is on record.
  bool must_be_charged = false;
};

/// Every call of a handler, by job and epoch.
using call_log = std::map<std::pair<pipeline::job_id, std::int64_t>, call>;

}  // namespace millrace::simulation
