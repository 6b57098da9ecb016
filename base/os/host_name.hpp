#pragma once

#include <string>

namespace millrace {

/// The name of this machine, as it stands in a runtime's row.
std::string host_name();

}  // namespace millrace
