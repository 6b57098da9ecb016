#pragma once

#include "actors/protocol.hpp"
#include "base/time.hpp"
#include "storage/claim/claims.hpp"

#include <cstdint>
#include <filesystem>

namespace millrace::actors {

/// On the disk of that folder; 0 where that cannot be found out.
std::int64_t free_bytes(const std::filesystem::path& folder);

/// What waits in the database, and how much room there is. Throws storage::error.
database_probed probe(storage::claims& claims, const std::filesystem::path& data_dir,
                      time_point now);

}  // namespace millrace::actors
