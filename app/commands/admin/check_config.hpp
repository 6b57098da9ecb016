#pragma once

#include "app/command.hpp"

#include <vector>

namespace millrace::app {

/// Everything that `millrace run` would refuse about the configuration, in the order of its
/// lines, then the rest: what load() noted, secrets, certificates and the handlers of stages.
/// Nothing is started, and no database is opened.
std::vector<fault> find_faults(const invocation& call);

}  // namespace millrace::app
