#pragma once

#include "storage/db/database.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace millrace::storage {

/// Up to which id all events can be seen.
///
/// On a shared database ids are given out before commits, so an event may come after one with a
/// higher id. An id is below the horizon when every transaction that might write a smaller one has
/// ended. To learn that, it looks at the holders of the lock that writing events takes anyway; no
/// writer waits for it or pays for it. Throws storage::error.
class event_horizon {
 public:
  explicit event_horizon(connection& on) : on_(on) {}

  /// The horizon; it is moved as far as it can be when it is not beyond `read`.
  std::int64_t beyond(std::int64_t read);

  /// Where it was last.
  std::int64_t at() const { return horizon_; }

  /// Whether there are events behind it that it has to wait for: a transaction that was open when
  /// they were written is open still.
  bool is_held_up() const { return !writers_.empty(); }

  /// Looks whether the transactions that hold it up have ended.
  void look_again();

 private:
  connection& on_;
  std::int64_t horizon_ = 0;
  /// The horizon when these transactions have ended.
  std::int64_t next_horizon_ = 0;
  std::set<std::string> writers_;
};

}  // namespace millrace::storage
