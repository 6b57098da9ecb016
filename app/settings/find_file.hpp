#pragma once

#include "app/settings/sources.hpp"

#include <filesystem>
#include <string>

namespace millrace::app {

/// The .ini file of a command, and why it is that one.
struct settings_file {
  /// Empty for no file.
  std::string path;
  /// "command line", "environment MILLRACE_CONFIG", "found there"; without a file, where it
  /// was looked for.
  std::string reason;
};

/// The file that `named` (--config) or MILLRACE_CONFIG names; else the first that there is of
/// `$XDG_CONFIG_HOME/millrace/millrace.ini` (without the variable: in ~/.config) and
/// `of_the_machine`. A file that cannot be looked at counts as one that there is: reading it says
/// why. An empty MILLRACE_CONFIG stands for no file at all.
settings_file find_settings_file(
    const std::string& named, const environment& variables,
    const std::filesystem::path& of_the_machine = "/etc/millrace/millrace.ini");

}  // namespace millrace::app
