#include "base/os/host_name.hpp"

#include <sys/utsname.h>

namespace millrace {

std::string host_name() {
  utsname name{};
  return uname(&name) == 0 ? name.nodename : "unknown";
}

}  // namespace millrace
