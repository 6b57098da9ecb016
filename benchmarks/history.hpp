#pragma once

#include "storage/db/database.hpp"

#include <cstdint>

namespace millrace::benchmarks {

/// Adds jobs that ended long ago, with an event each, as a database has them that works for months.
void add_finished(const storage::database_settings& to, std::int64_t jobs);

}  // namespace millrace::benchmarks
