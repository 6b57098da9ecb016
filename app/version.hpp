#pragma once

#include <string_view>

namespace millrace::app {

/// The version of this binary, for example "0.1.0".
std::string_view version();

}  // namespace millrace::app
