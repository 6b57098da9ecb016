#pragma once

#include <string_view>

namespace millrace::storage {

/// The statement as it stands; with one of the faults of SQL in a build that has them
/// (base/seeded_fault.hpp), a copy that has the fault.
std::string_view seeded_sql(std::string_view text);

}  // namespace millrace::storage
