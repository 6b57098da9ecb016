#pragma once

#include "app/command.hpp"

namespace millrace::app {

/// `millrace replay --dead`, `--cancelled` or `--done`: sends the jobs back that the options name.
exit_code replay_ended(const invocation& call);

}  // namespace millrace::app
