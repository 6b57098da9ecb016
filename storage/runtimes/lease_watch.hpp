#pragma once

#include "storage/runtimes/process.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace millrace::storage {

/// A runtime that holds jobs, as its row says.
struct holder {
  runtime_id id = 0;
  /// It has a row; without one it cannot be renewed.
  bool is_known = false;
  /// Its lease was ended, by itself or by another.
  bool has_ended = false;
  /// Each renewal changes them; they are compared with what they were, and with no clock.
  std::int64_t beat = 0;
  std::int64_t lease_until = 0;
  duration lease{};
  process_name process;
  /// Of its process; nothing where they are not looked for.
  std::optional<listed_sessions> sessions;
};

/// Finds the runtimes that are dead by watching them: dead is a runtime whose row has not changed
/// for as long as its lease, by the monotonic clock of the one that watches. No times of two
/// machines are compared. One that begins to watch waits for a whole lease before it says so.
class lease_watch {
 public:
  /// Between two looks at most so much time counts: one that stood still did not watch.
  explicit lease_watch(duration most_per_look) : most_per_look_(most_per_look) {}

  /// What was seen by a look that took from `begin` to `end`; answers which of them are dead.
  std::vector<holder> look(std::span<const holder> seen, duration begin, duration end);

  /// Whether all sessions of its process went so soon after its last word that only its own system
  /// can have ended them, as it does when a process dies. What goes silent, for its network is
  /// cut, keeps them for longer (session_limits::lingering).
  bool has_seen_go(runtime_id which) const;

  /// The connection is another one, and the server may be: it ends what it lists when it restarts.
  void forget_sessions();

 private:
  struct watched {
    std::int64_t beat = 0;
    std::int64_t lease_until = 0;
    duration silent_for{};
    listed_sessions sessions;
    /// Its last word came after that, by the monotonic clock; nothing when none was heard.
    std::optional<duration> heard_after;
    bool has_gone = false;
  };

  void look_for_sessions(const holder& seen, const watched* before, watched& now,
                         duration end) const;

  duration most_per_look_;
  std::map<runtime_id, watched> all_;
  /// The last look.
  duration looked_from_{};
  duration looked_at_{};
};

/// Every runtime but this one that holds jobs, with the sessions of those that run elsewhere.
std::vector<holder> list_holders(connection& on, runtime_id but, const process& self);

/// Ends the lease of a runtime that was silent, in the transaction that is open. False when it has
/// renewed it since, or does so at this moment.
bool end_silent(connection& on, const holder& silent, time_point now);

/// Whether the process of that runtime ran beside this one, and is gone.
bool is_process_gone(const process_name& its, const process& self);

}  // namespace millrace::storage
