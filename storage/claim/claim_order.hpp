#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::storage {

/// By how much earlier than a job that is `levels` of priority lower another one may have come, and
/// still go after it: `levels` times `ageing`. Saturates.
duration head_start(std::int64_t levels, duration ageing);

/// Until when jobs of another priority, higher by `levels`, are due that count more than one that
/// is due since `head`, or as much; `now` at most.
time_point due_before(time_point head, std::int64_t levels, duration ageing, time_point now);

/// What decides which of two jobs goes first.
struct standing {
  std::int64_t priority = 0;
  time_point due;
};

/// Each `ageing` that a job has waited counts as one level of priority (zero: waiting counts for
/// nothing); of two that count the same the one of higher priority goes first.
bool goes_before(const standing& a, const standing& b, duration ageing);

/// In which order a claim goes through the lanes and their priorities, so that none starves: each
/// `ageing` that a job has waited counts as one level of priority (zero: waiting counts for
/// nothing); of two jobs that count the same the one of higher priority goes first, of two of one
/// priority the one that is due for longer. The job that counts most is always claimed first. Where
/// very many old jobs of several levels alternate, those behind it come in coarser pieces the
/// longer it goes on, so that the number of steps does not grow with the number of jobs.
///
/// It knows of each level only when the first job is due that may be claimed and was not yet.
class claim_order {
 public:
  /// The jobs of one priority in a lane.
  struct level {
    std::int64_t lane = 0;
    std::int64_t priority = 0;

    bool operator==(const level&) const = default;
  };
  /// Of a level: the jobs that are due until a moment.
  struct step {
    level of;
    time_point until;
  };

  claim_order(duration ageing, time_point now) : ageing_(ageing), now_(now) {}

  void add(const level& one, time_point head);
  bool knows(const level& one) const;

  bool has_due() const { return first() != nullptr; }

  /// What to claim next; nothing when no job is due.
  std::optional<step> next();

  /// The step was done and left nothing: when the next job of its level is due, if there is one.
  void went(const step& what, std::optional<time_point> next_head);

  /// Nothing more of the lane is to be claimed.
  void drop(std::int64_t lane);

  /// When the first job of the levels is due that was left.
  std::optional<time_point> next_run_at() const;

 private:
  struct waiting {
    level of;
    time_point head;
  };

  const waiting* first() const;
  time_point until(const waiting& best) const;
  duration slack() const;

  duration ageing_;
  time_point now_;
  /// Those with jobs that were left.
  std::vector<waiting> levels_;
  std::vector<level> known_;
  int steps_ = 0;
};

}  // namespace millrace::storage
