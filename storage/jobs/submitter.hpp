#pragma once

#include "storage/claim/waiting_notes.hpp"
#include "storage/jobs/job_context.hpp"
#include "storage/jobs/types.hpp"

#include <cstddef>
#include <random>
#include <span>
#include <vector>

namespace millrace::storage {

/// Makes new jobs.
class submitter {
 public:
  /// Both must outlive it.
  submitter(const job_context& context, waiting_notes& waiting)
      : context_(context), waiting_(waiting) {}

  /// Inserts jobs in bulk and returns their ids in order, whatever their unique keys and the limits
  /// of their pipelines.
  std::vector<job_id> enqueue(std::span<const new_job> jobs, time_point now);

  /// The same for submits that heed unique keys and limits: all of the jobs, or none. Of two jobs
  /// in one call with the same key the first counts as there before the second.
  submit_answer submit(std::span<const new_job> jobs, time_point now);

  /// Heeds unique keys, but no limits: for jobs that a handler makes. Nothing is refused: where a
  /// payload cannot be replaced any more, the other job is kept as it is. Answers how many were
  /// made.
  std::size_t make(std::span<const new_job> jobs, time_point now);

 private:
  const job_context& context_;
  waiting_notes& waiting_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace millrace::storage
