#pragma once

#include <cstddef>
#include <string>

namespace millrace {

/// So many random bytes of the system, in lower-case hexadecimal. Throws std::system_error.
std::string random_hex(std::size_t bytes);

}  // namespace millrace
