#pragma once

#include "app/settings/sources.hpp"

#include <filesystem>
#include <string_view>

namespace millrace::app {

/// A folder of the XDG specification: of the variable, or below HOME; empty where neither is set. A
/// relative path there counts as not set.
inline std::filesystem::path base_dir(const environment& variables, std::string_view variable,
                                      const char* below_home) {
  const auto absolute = [&](std::string_view name) -> std::filesystem::path {
    const auto at = variables.find(name);
    return at != variables.end() && at->second.starts_with('/') ? at->second : "";
  };
  if (auto base = absolute(variable); !base.empty())
    return base;
  const auto home = absolute("HOME");
  return home.empty() ? home : home / below_home;
}

}  // namespace millrace::app
