#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <cstdint>

namespace millrace::storage {

/// The partitions in which events stand on PostgreSQL, each of consecutive ids. They are made ahead
/// of the ids, and a sixteenth as long as all events that are kept, so that there are always few.
/// Elsewhere there are none, and nothing is done.
///
/// A value that remembers how fast ids are given out.
class event_partitions {
 public:
  /// Sees to it that the ids of the next ten minutes have partitions. To be called each minute at
  /// least.
  void make_room(connection& on, time_point now);

  struct dropped {
    std::int64_t partitions = 0;
    /// The old events that are left can be dropped soon: to delete them row by row costs more.
    bool is_over = false;
  };
  /// Drops the partitions with events from before that time only.
  static dropped drop(connection& on, time_point before, duration kept);

 private:
  std::int64_t last_id_ = 0;
  time_point looked_at_{};
};

}  // namespace millrace::storage
