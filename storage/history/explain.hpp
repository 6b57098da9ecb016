#pragma once

#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/history/reasons.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/runtimes/crash_journal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::storage {

/// Why a job waits, works or has ended, and what to do.
struct explanation {
  pipeline::job_id job = 0;
  /// The name of an entry in storage/history/reasons.def, for programs.
  std::string_view reason;
  /// The reason with all that belongs to it: since when, who, how many, which code and message.
  std::string text;
  /// What to do.
  std::string next;

  /// Whether there is such a job.
  bool is_there() const { return reason != reasons::DELETED && reason != reasons::UNKNOWN; }
};

/// The reason that holds for the job now. Where several do, the one that an operator must act on: a
/// job of a paused stage whose time has not come is paused. Reads only, and costs the same with ten
/// jobs and with ten million. What the catalog does not know (how many attempts a stage has) is
/// left out of the text. The rules are those of the runtimes. `hands` is the journal of the runtime
/// where the database has one only, or nothing: a shared database says itself which jobs handlers
/// have. Throws storage::error.
explanation explain(connection& on, const pipeline::catalog& pipelines, pipeline::job_id job,
                    time_point now, const job_rules& rules = {},
                    const std::optional<jobs_in_hand>& hands = {});

}  // namespace millrace::storage
