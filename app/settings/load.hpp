#pragma once

#include "app/settings/settings.hpp"
#include "app/settings/sources.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// What load() decides with.
struct load_request {
  /// The .ini file; empty for none.
  std::string config_file;
  environment variables;
  std::vector<entry> command_line;
  /// Pipelines whose stages may be tuned but not redefined.
  std::vector<pipeline::definition> built_in;
};

/// The configuration in effect: the command line before the environment before the file before the
/// defaults. Throws app::error (usage) for a file that cannot be read, an unknown key (with the
/// nearest known one), a value that is not allowed, a key twice in one source, and settings that
/// contradict each other. Every message says where.
///
/// With `noted` nothing is thrown: all of these are noted there, and the settings that they are
/// about stay at their defaults.
configuration load(const load_request& request, std::vector<fault>* noted = nullptr);

}  // namespace millrace::app
