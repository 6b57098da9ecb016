#pragma once

#include <string>
#include <vector>

namespace millrace::os {

/// Starts a program, found in PATH, that goes on when this process ends: in a session of its own,
/// without a terminal, its input and output nowhere. False when it cannot be started; how it ends
/// is not known.
bool start_detached(std::vector<std::string> argv);

}  // namespace millrace::os
