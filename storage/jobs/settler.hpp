#pragma once

#include "storage/children/child_tasks.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"
#include "storage/jobs/submitter.hpp"
#include "storage/jobs/types.hpp"

#include <span>
#include <vector>

namespace millrace::storage {

/// Writes what happened to jobs in this runtime's hands.
class settler {
 public:
  /// All must outlive it.
  settler(const job_context& context, job_changes& changes, child_tasks& tasks, submitter& jobs)
      : context_(context), changes_(changes), tasks_(tasks), submitter_(jobs) {}

  /// Writes settlements with their effects and events; answers each, in order. One that lost its
  /// job does not hold up the others. A job whose cancellation was requested becomes cancelled
  /// instead, unless the settlement ends it as done. One that the transition table refuses is a
  /// wrong answer of the handler, and rejected with its reason. A job is not carried on into a
  /// stage that is paused or has limits: the change says `queued`. Of two settlements of one job in
  /// one call, one loses.
  std::vector<settled> settle(std::span<const settlement> settlements, time_point now);

 private:
  struct decisions;
  decisions decide(std::span<const settlement> settlements, time_point now) const;
  void settle_cancelled(std::span<const settlement> settlements, decisions& pending,
                        time_point now);
  void lock_keys_of(std::span<const settlement> settlements) const;
  void make_children(std::span<const new_job> children, time_point now);
  void begin_join(const pipeline::job& job);

  const job_context& context_;
  job_changes& changes_;
  child_tasks& tasks_;
  submitter& submitter_;
};

}  // namespace millrace::storage
