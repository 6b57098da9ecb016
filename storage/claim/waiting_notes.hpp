#pragma once

#include "pipeline/definition.hpp"
#include "storage/claim/claimer.hpp"
#include "storage/claim/returned_jobs.hpp"
#include "storage/jobs/change_writer.hpp"
#include "storage/jobs/types.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace millrace::storage {

/// Jobs that begin to wait may stand behind the place where the next claim goes on: it looks where
/// this notes that they wait. A connection that makes no claims keeps the notes for the one that
/// does, which is told with claims::came_back().
class waiting_notes {
 public:
  /// Both must outlive it.
  waiting_notes(const pipeline::catalog& pipelines, claimer& taker)
      : pipelines_(pipelines), claimer_(taker) {}

  void note(std::span<const pending_change> changes);
  /// The jobs are new and have these ids.
  void note(std::span<const new_job> jobs, std::span<const job_id> ids, time_point now);

  /// Such a job waits to be sorted into a lane.
  void note_unsorted(std::int64_t priority, const index_place& at) {
    if (are_wanted())
      note({{}, priority}, at);
  }

  /// Keeps the notes from now on, if this connection makes no claims.
  void keep() { kept_.emplace(); }
  first_places::map take() { return kept_ ? kept_->take() : first_places::map{}; }

 private:
  bool are_wanted() const { return claimer_.has_places() || kept_; }
  void note(const level_of_jobs& level, const index_place& at);

  const pipeline::catalog& pipelines_;
  claimer& claimer_;
  std::optional<first_places> kept_;
};

}  // namespace millrace::storage
