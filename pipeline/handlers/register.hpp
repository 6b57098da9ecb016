#pragma once

#include "pipeline/handlers/settings.hpp"
#include "pipeline/registry.hpp"

namespace millrace::pipeline::external {

/// Adds the kinds of handlers that are not in this process, docs/handlers.md:
/// `exec:COMMAND`, processes that live from job to job; `exec-once:COMMAND`, a process for each
/// job; `http:URL`, an endpoint.
void add_handlers(registry& to, const settings& how);

}  // namespace millrace::pipeline::external
