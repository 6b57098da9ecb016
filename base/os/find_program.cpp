#include "base/os/find_program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace millrace {
namespace {

bool can_be_run(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string_view program_path() {
  const char* value = std::getenv("PATH");
  return value == nullptr ? "/usr/bin:/bin" : value;
}

std::string find_program(const std::string& name, std::string_view path) {
  if (name.find('/') != std::string::npos)
    return can_be_run(name) ? name : std::string{};
  for (;;) {
    const auto colon = path.find(':');
    const std::string folder{path.substr(0, colon)};
    auto found = folder.empty() ? name : folder + "/" + name;
    if (can_be_run(found))
      return found;
    if (colon == std::string_view::npos)
      return {};
    path.remove_prefix(colon + 1);
  }
}

bool is_program(const std::string& name) { return !find_program(name).empty(); }

}  // namespace millrace
