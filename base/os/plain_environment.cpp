#include "base/os/plain_environment.hpp"

#include <array>
#include <cstdlib>

namespace millrace {

std::vector<std::string> plain_environment() {
  constexpr std::array passed{"PATH", "HOME", "USER",     "LOGNAME", "SHELL",   "TMPDIR",
                              "TZ",   "LANG", "LANGUAGE", "LC_ALL",  "LC_CTYPE"};
  std::vector<std::string> all;
  for (const auto* name : passed)
    if (const char* value = std::getenv(name))
      all.push_back(std::string{name} + "=" + value);
  return all;
}

}  // namespace millrace
