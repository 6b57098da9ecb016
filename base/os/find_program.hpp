#pragma once

#include <string>

namespace millrace {

/// Whether there is a program of that path, or of that name in PATH, which this user may run.
bool is_program(const std::string& name);

}  // namespace millrace
