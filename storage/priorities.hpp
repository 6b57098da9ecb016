#pragma once

#include "storage/database.hpp"

#include <cstdint>
#include <limits>

namespace millrace::storage {

/// Calls `visit` with each priority at which a job waits to be claimed, the highest first, until it
/// answers false. Within a priority the claim index is in order of time, so that jobs that are not
/// due are never walked over.
template <class Visit>
void each_priority(connection& on, Visit visit) {
  auto below = std::numeric_limits<std::int64_t>::max();
  while (const auto next =
             on.prepared<std::int64_t>("next_priority").with("below", below).first()) {
    below = std::get<0>(*next);
    if (!visit(below))
      return;
  }
}

}  // namespace millrace::storage
