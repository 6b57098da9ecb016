#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "storage/claim/set_aside.hpp"
#include "storage/claim/stage_rooms.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <vector>

namespace millrace::storage {

struct claim_request {
  runtime_id runtime = 0;
  int limit = 0;
  stage_rooms rooms{};
  /// Of payloads and outputs, about: what is loaded until there are so many is enough. One job is
  /// claimed however large it is.
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
};

struct claim_result {
  /// Of each tenant by priority (high first; see claim_order), run_at, id. Payload and output are
  /// there.
  std::vector<pipeline::job> jobs;
  /// When fewer jobs than the limit came: the earliest run_at of a job that waits for its time, or
  /// when a limit may have room again.
  std::optional<time_point> next_run_at;
  /// Some were due that a limit, or the bytes of the request, keep back: when one that is at work
  /// ends, another may come.
  bool kept_back = false;
  /// Stages whose jobs were due and left, for the request had no room for them.
  std::set<stage_rooms::place> wanting{};
  /// When none came: another runtime has jobs in hand, which may yet come back to the queue.
  bool others_work = false;
  /// Jobs that can never be claimed, which are dead now with ROW_INVALID.
  std::vector<job_aside> aside{};
};

/// What was done about a claim of one job that the database refuses: one of these, or nothing is
/// claimed of the job's lane for a while.
struct passed_over {
  /// Jobs have a lane now whose sorting was undone with the claim: the claim is to be made again.
  bool has_sorted = false;
  /// The job that was to be claimed, and others that can never be.
  std::vector<job_aside> aside{};
  /// Not the job's lane is left, but all that have limits: their rows are what was refused.
  bool leaves_limits = false;
};

}  // namespace millrace::storage
