#pragma once

#include "app/settings/option.hpp"

#include <vector>

namespace millrace::app {

/// The settings of the sections `service.parser`, `service.embedder` and `telemetry`: of what is
/// reached over HTTP.
std::vector<option> parser_options();
std::vector<option> embedder_options();
std::vector<option> telemetry_options();

}  // namespace millrace::app
