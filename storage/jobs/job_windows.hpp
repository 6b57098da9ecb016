#pragma once

#include "storage/db/database.hpp"

#include <cstdint>
#include <limits>
#include <optional>

namespace millrace::storage {

/// All jobs in the order of their ids, a window at a time, each of which is read within
/// milliseconds. Ids that no job has are passed over, however many they are: a row by other hands
/// may have any.
class job_windows {
 public:
  /// Both are part of it.
  struct window {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  explicit job_windows(connection& on,
                       const window& within = {std::numeric_limits<std::int64_t>::min(),
                                               std::numeric_limits<std::int64_t>::max()})
      : on_(on), left_(within) {}

  /// Begins with a job; nothing when all were passed.
  std::optional<window> next();

 private:
  connection& on_;
  std::optional<window> left_;
};

}  // namespace millrace::storage
