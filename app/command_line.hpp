#pragma once

#include "app/command.hpp"
#include "app/settings/sources.hpp"

#include <boost/program_options/variables_map.hpp>

#include <string>
#include <vector>

namespace millrace::app {

/// The command line of one command, taken apart.
struct parsed_line {
  bool help = false;
  /// --config; empty if not given.
  std::string config_file;
  /// --section.key VALUE. Keys are not checked yet.
  std::vector<entry> entries;
  boost::program_options::variables_map options;
  std::vector<std::string> arguments;
};

/// Takes apart what follows the command's name. Throws app::error (usage) that names the nearest
/// option, or how many arguments there may be.
parsed_line parse_line(const command& of, const std::vector<std::string>& words);

/// An option of a command.
struct listed_option {
  std::string name;
  /// What its value is called; empty where it takes none.
  std::string value;
  std::string help;
};

/// The options of the command, in the order of its help, without the settings.
std::vector<listed_option> list_options(const command& of);

/// The help of the command.
std::string render_help(const command& of);

/// The help of `millrace` itself.
std::string render_help(const std::vector<command>& all);

}  // namespace millrace::app
