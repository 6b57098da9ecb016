#pragma once

#include "storage/history/event_horizon.hpp"
#include "storage/history/job_queries.hpp"

#include <cstdint>
#include <vector>

namespace millrace::storage {

/// Hands out every event once, in the order of the ids, as they happen, up to the event_horizon. A
/// follower that starts again after the last one that was handed out misses none and gets none
/// twice. Throws storage::error.
class event_follower {
 public:
  event_follower(connection& on, event_filter filter);

  /// The next events that match the filter, at most its limit; empty when there are none now.
  std::vector<event_record> next();

  /// Whether there are events that next() left out, for a transaction that was open when they were
  /// written is open still.
  bool is_held_up() const { return horizon_.is_held_up(); }

  /// Whether next() may have more. It asks the database, so not without a pause in between.
  bool has_news();

 private:
  connection& on_;
  event_filter filter_;
  event_horizon horizon_;
  /// All up to here was handed out.
  std::int64_t read_;
  std::int64_t version_ = 0;
};

/// Events that match a filter, and the id after which to ask for those that follow.
struct event_page {
  std::vector<event_record> events;
  std::int64_t next_after = 0;
};

/// What event_follower::next() would hand out to a reader that has read up to the filter's `after`:
/// for a caller that keeps the horizon for many readers. With a job, `after` is 0 or an event of
/// that job. It looks for about as long as `patience` says: then the page is not full, and the next
/// one goes on.
event_page read_page(connection& on, event_horizon& horizon, event_filter filter,
                     duration patience = duration::max());

}  // namespace millrace::storage
