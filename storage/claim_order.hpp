#pragma once

#include "pipeline/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::storage {

/// By how much earlier than a job that is `levels` of priority lower another one may have come, and
/// still go after it: `levels` times `ageing`. Saturates.
pipeline::duration head_start(std::int64_t levels, pipeline::duration ageing);

/// Until when jobs of another priority, higher by `levels`, are due that count more than one that
/// is due since `head`, or as much; `now` at most.
pipeline::time_point due_before(pipeline::time_point head, std::int64_t levels,
                                pipeline::duration ageing, pipeline::time_point now);

/// In which order a claim goes through the priorities, so that none starves: each `ageing` that a
/// job has waited counts as one level of priority (zero: waiting counts for nothing). The job that
/// counts most is always claimed first. Where very many old jobs of several priorities alternate,
/// those behind it come in coarser pieces the longer it goes on, so that the number of steps does
/// not grow with the number of jobs.
///
/// It knows of each level only when the first job is due that may be claimed and was not yet.
class claim_order {
 public:
  /// Of a level: the jobs that are due until a moment.
  struct step {
    std::int64_t priority = 0;
    pipeline::time_point until;
  };

  claim_order(pipeline::duration ageing, pipeline::time_point now) : ageing_(ageing), now_(now) {}

  void add(std::int64_t priority, pipeline::time_point head);
  bool knows(std::int64_t priority) const;

  /// What to claim next; nothing when no job is due.
  std::optional<step> next();

  /// The step was done and left nothing: when the next job of its level is due, if there is one.
  void went(const step& what, std::optional<pipeline::time_point> next_head);

  /// When the first job of the levels is due that was left.
  std::optional<pipeline::time_point> next_run_at() const;

 private:
  struct level {
    std::int64_t priority = 0;
    pipeline::time_point head;
  };

  const level* first() const;
  bool goes_before(const level& a, const level& b) const;
  pipeline::duration slack() const;

  pipeline::duration ageing_;
  pipeline::time_point now_;
  /// Those with jobs that were left.
  std::vector<level> levels_;
  std::vector<std::int64_t> known_;
  int steps_ = 0;
};

}  // namespace millrace::storage
