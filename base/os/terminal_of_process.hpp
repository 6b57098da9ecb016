#pragma once

#include "base/os/unique_fd.hpp"

#include <fcntl.h>

namespace millrace {

/// Whether this process has a controlling terminal; it has lost it once that was closed.
inline bool has_terminal() {
  return static_cast<bool>(unique_fd{::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)});
}

}  // namespace millrace
