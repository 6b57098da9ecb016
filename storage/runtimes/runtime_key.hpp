#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace millrace::storage {

/// The identity of a running process in one database.
using runtime_id = std::int64_t;

/// An identity and when it was taken: one of another database, or of one that was restored, is not
/// taken for it.
struct runtime_key {
  runtime_id id = 0;
  time_point started_at;

  bool operator==(const runtime_key&) const = default;
};

}  // namespace millrace::storage
