#pragma once

#include "app/command.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// millrace.1, one for each command, and millrace.ini.5.
std::vector<std::string> man_page_names(const std::vector<command>& all);

/// The page of that name, in man(7).
std::string man_page(const std::string& name, const std::vector<command>& all);

}  // namespace millrace::app
