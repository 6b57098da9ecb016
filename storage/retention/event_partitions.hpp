#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <chrono>
#include <cstdint>

namespace millrace::storage {

/// The partitions in which events stand on PostgreSQL, each of consecutive ids. They are made ahead
/// of the ids, and a sixteenth as long as all events that are kept, so that there are always few.
/// Elsewhere there are none, and nothing is done.
///
/// A value that remembers how fast ids are given out, and when a lock could not be had.
class event_partitions {
 public:
  /// Sees to it that the ids of the next ten minutes have partitions, and those until the second
  /// next call if that is later.
  void make_room(connection& on, time_point now);

  struct dropped {
    std::int64_t partitions = 0;
    /// The old events that are left can be dropped soon: to delete them row by row costs more.
    bool is_over = false;
  };
  /// Drops the partitions with events from before that time only. All sessions wait while it waits
  /// for its lock: for 10 ms, and longer each time that another is in the way, a hundredth of the
  /// time at most.
  dropped drop(connection& on, time_point now, time_point before, duration kept);

 private:
  std::int64_t last_id_ = 0;
  /// Ids given out in a second, lately.
  double rate_ = 0;
  time_point looked_at_{};
  static constexpr std::chrono::milliseconds shortest_wait{10};
  std::chrono::milliseconds wait_ = shortest_wait;
  time_point next_try_{};
};

}  // namespace millrace::storage
