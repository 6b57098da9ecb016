#pragma once

#include "actors/protocol.hpp"
#include "actors/store/duty.hpp"
#include "storage/claim/claim_request.hpp"
#include "storage/jobs/types.hpp"
#include "storage/retention/retention.hpp"

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// Everything that has gathered for the database since the last write.
struct write_request {
  std::vector<storage::settlement> settlements;
  int claim = 0;
  storage::stage_rooms rooms;
  /// Of the payloads and outputs that it brings, about.
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
  /// Where the database can tell: claim only if another connection has committed since the last
  /// claim.
  bool claim_only_if_changed = false;
  /// What is to be done beside settlements and claims. `settle`, `claim` and `commit` are not asked
  /// for here.
  duty_set duties;
  /// The jobs that the runtime holds, in any order: what the database says otherwise is put right.
  std::optional<std::vector<pipeline::job_id>> held;
};

struct write_result {
  /// One for each settlement.
  std::vector<storage::settled> settled;
  storage::claim_result claimed;
  /// No other connection had committed: nothing was claimed.
  bool unchanged = false;
  controls_read controls;
  database_probed probed;
  storage::cleaned cleaned;
  /// How long the step of the retention took.
  duration cleaning{};
  /// How long until the next schedule is due; nothing when none is.
  std::optional<duration> next_schedule;
  /// There is more to do for children and parents.
  bool child_work = false;
  /// The runtime's lease was ended by another: its jobs are not its own any more.
  bool lease_lost = false;
  /// The same, for the database has lost commits: nothing that it says of them is to be relied on.
  bool commits_lost = false;
  /// The positions, in order, of settlements that were not written, for another session holds their
  /// jobs: to be given again, as `was_held`.
  std::vector<std::size_t> held;
  /// Those of them of which the database refuses whatever is written, and why.
  std::map<pipeline::job_id, std::string> refused;
  /// What this connection leaves out for now because of locks of other sessions: "schedules".
  std::string held_off;
  /// The sessions that may hold these locks; as far as that is known.
  std::string held_by;
};

}  // namespace millrace::actors
