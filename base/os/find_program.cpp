#include "base/os/find_program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace millrace {
namespace {

bool can_be_run(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

bool is_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return can_be_run(name);
  const char* value = std::getenv("PATH");
  std::string_view path = value == nullptr ? "/usr/bin:/bin" : value;
  for (;;) {
    const auto colon = path.find(':');
    const std::string folder{path.substr(0, colon)};
    if (can_be_run(folder.empty() ? name : folder + "/" + name))
      return true;
    if (colon == std::string_view::npos)
      return false;
    path.remove_prefix(colon + 1);
  }
}

}  // namespace millrace
