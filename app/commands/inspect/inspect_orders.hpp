#pragma once

#include "app/command.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// The orders of `millrace inspect`, by name.
std::vector<std::string> inspect_orders();

/// Gives one of them to the runtime, and prints what became of it. Throws app::error when it was
/// refused, or asked for in the wrong way.
exit_code give_order(const invocation& call, const std::string& verb);

}  // namespace millrace::app
