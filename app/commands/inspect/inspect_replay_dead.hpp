#pragma once

#include "app/command.hpp"

namespace millrace::app {

/// `millrace inspect replay --dead`: as `millrace replay --dead`, but the runtime does it.
exit_code inspect_replay_dead(const invocation& call);

}  // namespace millrace::app
