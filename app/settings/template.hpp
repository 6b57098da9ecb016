#pragma once

#include <string>

namespace millrace::app {

/// An .ini file with every option, commented out, at its default, under its sentence:
/// config/millrace.ini.
std::string render_template();

}  // namespace millrace::app
