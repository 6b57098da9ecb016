#include "ingest/files/allowed_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace millrace::ingest {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& folder, const fs::path& path) {
  auto whole = folder.lexically_normal().string();
  if (!whole.ends_with('/'))
    whole += '/';
  return path.string().starts_with(whole);
}

/// Without links; empty where there is no such folder.
fs::path real(const std::string& folder) {
  std::error_code failure;
  auto where = fs::canonical(folder, failure);
  return failure ? fs::path{} : where;
}

}  // namespace

bool is_written_below(const std::vector<std::string>& folders, const std::string& path) {
  const auto written = fs::path{path}.lexically_normal();
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    const auto where = real(folder);
    return is_below(folder, written) || (!where.empty() && is_below(where, written));
  });
}

bool lies_below(const std::vector<std::string>& folders, int descriptor) {
  std::error_code failure;
  const auto file = fs::read_symlink(fmt::format("/proc/self/fd/{}", descriptor), failure);
  return !failure && std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    const auto where = real(folder);
    return !where.empty() && is_below(where, file);
  });
}

}  // namespace millrace::ingest
