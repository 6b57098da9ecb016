#pragma once

#include "app/command.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// Scripts by which shells complete commands, their options and the names of settings.
std::string bash_completion(const std::vector<command>& all);
std::string zsh_completion(const std::vector<command>& all);
std::string fish_completion(const std::vector<command>& all);

}  // namespace millrace::app
