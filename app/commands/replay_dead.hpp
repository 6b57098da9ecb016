#pragma once

#include "app/command.hpp"

namespace millrace::app {

/// `millrace replay --dead`: sends the dead jobs back that the options name.
exit_code replay_dead(const invocation& call);

}  // namespace millrace::app
