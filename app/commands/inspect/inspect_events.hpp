#pragma once

#include "app/command.hpp"

namespace millrace::app {

/// `millrace inspect events`, with --follow until Ctrl-C: over a restart of the runtime as well,
/// without missing an event.
exit_code inspect_events(const invocation& call);

}  // namespace millrace::app
