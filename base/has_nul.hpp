#pragma once

#include <string_view>

namespace millrace {

/// Whether a string of this JSON document has a NUL (\u0000), which PostgreSQL cannot keep.
bool has_nul(std::string_view json);

}  // namespace millrace
