#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <string>

namespace millrace::storage {

/// Writes down what an operator ordered of a runtime, or of many jobs at once, and who did: an
/// event of no job with the code ORDERED. Throws storage::error.
void record_order(connection& on, const std::string& message, time_point now);

}  // namespace millrace::storage
