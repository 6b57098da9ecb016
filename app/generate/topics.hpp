#pragma once

#include <string>
#include <vector>

namespace millrace::app {

/// Something of the help that is no command.
struct topic {
  std::string name;
  /// Makes the text, which for settings is long.
  std::string (*text)();
};

const std::vector<topic>& topics();

}  // namespace millrace::app
