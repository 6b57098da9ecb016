#pragma once

#include "app/error.hpp"
#include "app/settings/faults.hpp"
#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "pipeline/fleet_clock.hpp"
#include "pipeline/registry.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace millrace::app {

/// What the user asked a command to do.
struct invocation {
  configuration config;
  /// The command's own options.
  boost::program_options::variables_map options;
  /// What stands without a dash, in order.
  std::vector<std::string> arguments;
  /// Those of the program itself, beside millrace's.
  pipeline::registry handlers;
  /// The time of this machine.
  const clock& machine_time;
  /// The time that the command writes and compares with the database's: of the database's server
  /// once it is open, and else of this machine.
  pipeline::fleet_clock& time;
  /// Reads the configuration again, from where it came. Throws as the first time.
  std::function<configuration()> reload{};
  /// What is wrong with the configuration, for a command that was given its `fault_option`.
  std::vector<fault> faults{};

  bool has(const char* option) const { return options.count(option) > 0; }

  template <class T>
  const T& get(const char* option) const {
    return options[option].as<T>();
  }
  std::string text(const char* option) const {
    return has(option) ? get<std::string>(option) : std::string{};
  }
};

/// A subcommand of `millrace`.
struct command {
  std::string name;
  /// One sentence.
  std::string summary;
  /// How to write the arguments, and how many there may be.
  std::string arguments;
  std::size_t arguments_min = 0;
  std::size_t arguments_max = 0;
  /// What else there is to know, with examples; the end of the help.
  std::string details;
  void (*declare)(boost::program_options::options_description_easy_init add) = nullptr;
  exit_code (*run)(const invocation& call) = nullptr;
  /// With this option the command runs, and is told, whatever is wrong with the configuration.
  const char* fault_option = nullptr;
};

inline constexpr std::size_t any_number = static_cast<std::size_t>(-1);

/// Every command, in the order of the help.
const std::vector<command>& commands();

}  // namespace millrace::app
