#pragma once

#include "storage/job_queries.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace millrace::storage {

/// Hands out every event once, in the order of the ids, as they happen. Whoever begins anew after
/// the last one that was handed out misses none and gets none twice.
///
/// On a shared database ids are given out before commits, so an event may come after one with a
/// higher id. The follower therefore reads up to a horizon: an id is below it when every
/// transaction that might write a smaller one has ended. To learn that, it looks at who holds the
/// lock that writing events takes anyway; no writer waits for it or pays for it. Throws
/// storage::error.
class event_follower {
 public:
  event_follower(connection& on, event_filter filter);

  /// The next events that match the filter, at most its limit; empty when there are none now.
  std::vector<event_record> next();

  /// Whether there are events that next() left out, for a transaction that was open when they were
  /// written is open still.
  bool is_held_up() const { return !writers_.empty(); }

  /// Whether next() may have more. It asks the database, so not without a pause in between.
  bool has_news();

 private:
  void move_horizon();
  void forget_ended_writers();

  connection& on_;
  event_filter filter_;
  /// All up to here was handed out.
  std::int64_t read_;
  std::int64_t horizon_ = 0;
  /// The horizon when these transactions have ended.
  std::int64_t next_horizon_ = 0;
  std::set<std::string> writers_;
  std::int64_t version_ = 0;
};

}  // namespace millrace::storage
