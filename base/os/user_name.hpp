#pragma once

#include <sys/types.h>

#include <string>

namespace millrace {

/// The name of the user, or "uid 1000" where the system knows none. It may ask a directory service.
std::string user_name(uid_t user);

}  // namespace millrace
