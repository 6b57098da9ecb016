#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace millrace::app {

/// A relative path counted from the folder. Nothing, and a path that begins with `/`, `~` or
/// `{data_dir}`, stays as it is.
inline std::string placed_path(std::string_view path, const std::filesystem::path& folder) {
  const bool stays = path.empty() || path.starts_with('/') || path == "~" ||
                     path.starts_with("~/") || path.starts_with("{data_dir}");
  return stays ? std::string{path} : (folder / path).lexically_normal().string();
}

}  // namespace millrace::app
