#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Where programs are looked for: the PATH of this process, or the system's where it has none.
std::string_view program_path();

/// The program of that path, or of that name in one of the folders of `path`, which this user may
/// run; empty where there is none.
std::string find_program(const std::string& name, std::string_view path = program_path());

/// Whether there is one.
bool is_program(const std::string& name);

}  // namespace millrace
