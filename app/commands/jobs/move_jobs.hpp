#pragma once

#include "app/command.hpp"
#include "app/commands/jobs/control.hpp"

namespace millrace::app {

/// `millrace move ID`.
exit_code move_one(const invocation& call, control& in);

/// `millrace move` of all jobs that match.
exit_code move_many(const invocation& call, control& in);

}  // namespace millrace::app
