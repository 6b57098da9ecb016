#pragma once

#include "base/time.hpp"

#include <chrono>
#include <optional>

namespace millrace::storage {

/// How often indexes are walked from their beginnings. On PostgreSQL such a walk passes the entries
/// of all jobs that have left the index since the oldest transaction of the server began: it takes
/// the longer the more there are, and no vacuum helps.
struct sweep_rules {
  /// From one sweep of the lanes to the next, unless a claim comes short.
  duration apart{};
  /// Measures how long walks take, which are then made so seldom that they take a small part of the
  /// time. Null where time is not real: then each walk counts as taking none.
  duration (*monotonic)() = nullptr;
};

/// A walk over jobs that takes no longer is made as often as it is asked for; of the time of a
/// connection, longer ones take one part in so many.
inline constexpr duration cheap_walk = std::chrono::milliseconds{20};
inline constexpr int walk_parts = 100;

/// The clock of a runtime for sweep_rules.
duration monotonic_now();

/// When a walk may be made again, by how long it took the last time.
class walk_pace {
 public:
  /// Walks take one part in `parts` of the time at most; one that took up to `always` may be made
  /// at any time.
  walk_pace(const sweep_rules& rules, duration always, int parts)
      : monotonic_(rules.monotonic), always_(always), parts_(parts) {}

  /// Until it may be made again; zero when that is now.
  duration wait() const { return wait(parts_); }
  bool is_due() const { return wait().count() == 0; }
  /// The same by another part of the time.
  duration wait(int parts) const { return cost_ <= always_ ? duration{0} : rest_left(parts); }
  /// The same where no walk is too short to count.
  duration rest_left() const { return rest_left(parts_); }

  /// Makes the walk, and notes how long it takes; or how long it takes together with the last one,
  /// which it goes on with.
  template <class Walk>
  decltype(auto) measure(Walk walk, bool goes_on = false) {
    const stopwatch timed{*this, time(), goes_on};
    return walk();
  }

 private:
  duration rest_left(int parts) const;
  struct stopwatch {
    walk_pace& of;
    duration begin;
    bool goes_on;
    ~stopwatch() { of.took(begin, goes_on); }
  };
  duration time() const { return monotonic_ == nullptr ? duration{0} : monotonic_(); }
  void took(duration since, bool goes_on);

  duration (*monotonic_)();
  duration always_;
  int parts_;
  duration cost_{};
  duration end_{};
};

}  // namespace millrace::storage
