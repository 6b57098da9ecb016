#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/limits.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::storage {

/// The limits of stages and tenants, held exactly over all runtimes of a database: what is at work
/// is counted, and tokens are kept, under a lock that a claim holds until it is committed. Of
/// clocks that differ by up to five seconds the slower ones wait for the faster; a greater step
/// back is taken for the true time.
class limiter {
 public:
  /// All must outlive it.
  limiter(connection& on, const pipeline::catalog& pipelines, const job_rules& rules)
      : on_(on), pipelines_(pipelines), rules_(rules) {}

  /// Reads how much is left of the limits of these lanes; forgets others. To `hold` them is for a
  /// claim: no other claim can, until the transaction that is open has ended.
  void look(std::span<const waiting_lane> lanes, bool hold, time_point now);

  /// To hold them, what another session holds is not waited for, but counts as closed, until one
  /// look finds all of them free.
  void pass_by_held() { passes_by_held_ = true; }
  bool passes_by_held() const { return passes_by_held_; }

  /// Until then all limits count as closed, and nothing is read or written of them: the database
  /// refuses it.
  void leave_until(time_point until) { left_until_ = until; }

  /// Whether one of those lanes has a limit.
  bool has_limits() const { return !states_.empty(); }

  /// How many jobs may be claimed there now.
  std::size_t room(const lane_key& at) const;

  /// So many were claimed there; at most as many as there was room for.
  void took(const lane_key& at, std::size_t jobs);

  /// Why there is no room, and when there may be some.
  struct closed {
    /// "stage fetch of nightly has 4 of 4 jobs at work".
    std::string why;
    time_point until;
  };
  /// Nothing where there is room.
  std::optional<closed> why_closed(const lane_key& at) const;

  /// Writes what was changed.
  void write();

 private:
  struct state {
    pipeline::limits limit;
    std::int64_t at_work = 0;
    /// Millionths.
    std::int64_t tokens = 0;
    time_point filled_at;
    bool is_changed = false;
    /// Another session holds it.
    bool is_held = false;
    /// "stage fetch of nightly".
    std::string whose;

    std::size_t room() const;
  };

  std::vector<std::string> names(const lane_key& at) const;
  void add_states(const lane_key& at);
  void take_hold(std::string_view names);
  void read_tokens(bool hold, time_point now);
  void count_work();

  connection& on_;
  const pipeline::catalog& pipelines_;
  const job_rules& rules_;
  time_point now_;
  bool passes_by_held_ = false;
  time_point left_until_{};
  /// By name, in the order in which they are locked.
  std::map<std::string, state> states_;
};

}  // namespace millrace::storage
