#include "app/settings/find_file.hpp"

#include "app/settings/base_dir.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <system_error>
#include <vector>

namespace millrace::app {
namespace {

bool is_there(const std::filesystem::path& file) {
  std::error_code unknown;
  const auto kind = std::filesystem::status(file, unknown).type();
  return kind != std::filesystem::file_type::not_found;
}

}  // namespace

settings_file find_settings_file(const std::string& named, const environment& variables,
                                 const std::filesystem::path& of_the_machine) {
  if (!named.empty())
    return {named, "command line"};
  if (const auto variable = variables.find("MILLRACE_CONFIG"); variable != variables.end())
    return {variable->second, "environment MILLRACE_CONFIG"};
  std::vector<std::filesystem::path> places;
  if (const auto base = base_dir(variables, "XDG_CONFIG_HOME", ".config"); !base.empty())
    places.push_back(base / "millrace/millrace.ini");
  places.push_back(of_the_machine);
  std::vector<std::string> missing;
  for (const auto& file : places) {
    if (is_there(file))
      return {file.string(), "found there"};
    missing.push_back(file.string());
  }
  return {"", fmt::format("no --config, no MILLRACE_CONFIG, no {}", fmt::join(missing, ", no "))};
}

}  // namespace millrace::app
