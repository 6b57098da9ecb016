#pragma once

#include "app/settings/faults.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Where settings come from besides the command line, as key and text; nothing is interpreted yet.
namespace millrace::app {

/// A setting as it was written.
struct entry {
  std::string key;
  std::string value;
  /// "FILE:LINE", "environment NAME" or "command line".
  std::string origin;
  /// Where relative paths count from; empty for the folder where millrace is started.
  std::filesystem::path folder{};
};

/// The entries of an .ini file: `[section]`, then `key = value` lines that mean section.key.
/// Comments begin with `;` or `#` at the start of a line or after a space; a value that needs those
/// stands in double quotes. A line
/// that means nothing is a fault, whose app::error names it.
std::vector<entry> read_ini(const std::filesystem::path& file,
                            const fault_policy& faults = fault_policy{nullptr});

/// As read_ini(), of a text that came from `name`.
std::vector<entry> parse_ini(std::string_view text, std::string_view name,
                             const fault_policy& faults = fault_policy{nullptr});

using environment = std::map<std::string, std::string, std::less<>>;

/// The environment of this process.
environment process_environment();

/// The entries among the variables: MILLRACE_RUNTIME__IN_FLIGHT means runtime.in_flight, with two
/// underscores for each dot. A variable without two underscores is not a setting.
std::vector<entry> read_environment(const environment& variables);

/// The names among the variables that begin as those of settings and are not, without millrace's
/// own: MILLRACE_CONFIG, which names the .ini file, MILLRACE_PIPELINE and MILLRACE_STAGE.
std::vector<std::string> other_variables(const environment& variables);

/// The variable that sets the key.
std::string variable_name(std::string_view key);

}  // namespace millrace::app
