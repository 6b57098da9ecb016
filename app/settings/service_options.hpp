#pragma once

#include "app/settings/option.hpp"

#include <vector>

namespace millrace::app {

/// The settings of the sections `service.parser` and `service.embedder`.
std::vector<option> parser_options();
std::vector<option> embedder_options();

}  // namespace millrace::app
