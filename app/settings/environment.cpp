#include "app/settings/sources.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::app {
namespace {

constexpr std::string_view prefix = "MILLRACE_";

/// The file of settings, and what a handler's process is told (docs/handlers.md).
constexpr std::array own_variables{"MILLRACE_CONFIG", "MILLRACE_PIPELINE", "MILLRACE_STAGE"};

/// Every setting has a section. A variable without one is foreign: Kubernetes sets MILLRACE_PORT
/// and others beside a service of that name.
bool is_of_setting(std::string_view name) {
  return name.starts_with(prefix) && name.find("__", prefix.size()) != std::string_view::npos;
}

std::string key_of(std::string_view variable) {
  std::string key;
  variable.remove_prefix(prefix.size());
  while (!variable.empty()) {
    const bool dot = variable.starts_with("__");
    key += dot ? '.' : static_cast<char>(std::tolower(static_cast<unsigned char>(variable[0])));
    variable.remove_prefix(dot ? 2 : 1);
  }
  return key;
}

}  // namespace

environment process_environment() {
  environment variables;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view one{*at};
    const auto equals = one.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(one.substr(0, equals), one.substr(equals + 1));
  }
  return variables;
}

std::vector<entry> read_environment(const environment& variables) {
  std::vector<entry> entries;
  for (const auto& [name, value] : variables)
    if (is_of_setting(name))
      entries.push_back({key_of(name), value, fmt::format("environment {}", name)});
  return entries;
}

std::vector<std::string> other_variables(const environment& variables) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : variables)
    if (name.starts_with(prefix) && !is_of_setting(name) &&
        std::find(own_variables.begin(), own_variables.end(), name) == own_variables.end())
      names.push_back(name);
  return names;
}

std::string variable_name(std::string_view key) {
  std::string name{prefix};
  for (const char c : key) {
    if (c == '.')
      name += "__";
    else
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace millrace::app
