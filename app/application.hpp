#pragma once

#include "app/settings/sources.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// `millrace WORDS...`: runs the command, tells what went wrong on stderr, and answers the exit
/// code.
int run_application(const std::vector<std::string>& words, const environment& variables);

}  // namespace millrace::app
