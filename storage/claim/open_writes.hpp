#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace millrace::storage {

/// The transactions of others that have written and not ended: a job that one of them made appears
/// in the index when it ends, behind jobs that were claimed meanwhile. PostgreSQL only.
class open_writes {
 public:
  /// When the first of those began that have ended since the last look, as far as looks can tell:
  /// not before its job was made. Nothing where none has. Throws error.
  std::optional<time_point> look(connection& on, time_point now);

 private:
  /// By number; a time before it began.
  std::map<std::int64_t, time_point> open_;
  std::optional<time_point> looked_at_;
};

}  // namespace millrace::storage
