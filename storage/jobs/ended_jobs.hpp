#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/job.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Jobs that have ended in one way, to send many of them back: list_ended() finds them, and
/// bulk_control::replay_ended() sends a piece of the list back at a time.
namespace millrace::storage {

/// Which jobs; what is empty does not matter.
struct ended_filter {
  /// One of those in which jobs have ended.
  pipeline::job_state state = pipeline::job_state::deadletter;
  std::string pipeline{};
  std::string stage{};
  std::string code{};
  /// Only those with a higher id than `after`, and with none above `until`.
  pipeline::job_id after = 0;
  std::optional<pipeline::job_id> until{};
  /// So many at most, those with the lowest ids.
  std::optional<std::int64_t> limit{};
};

/// A job as it was when it was listed. Every change to it raises its epoch.
struct listed_job {
  pipeline::job_id id = 0;
  std::int64_t epoch = 0;

  friend bool operator==(const listed_job&, const listed_job&) = default;
};

/// How many ended where, and the codes of those that died.
struct ended_count {
  std::string pipeline;
  std::string stage;
  std::string code;
  std::int64_t count = 0;
};

struct ended_list {
  /// In the order of their ids.
  std::vector<listed_job> jobs;
  /// In the order of their names.
  std::vector<ended_count> counts;
  /// No job has a higher id than the filter's `until`.
  bool is_last = true;
};

/// Passes over all jobs in the order of their ids, in windows of some milliseconds, so that no
/// index is needed, which every job would have to pay for. Throws storage::error.
ended_list list_ended(connection& on, const ended_filter& filter);

/// What became of jobs that were to be sent back, moved, cancelled or deleted.
struct sent_back {
  /// Those that were.
  std::int64_t replayed = 0;
  /// No longer ended, ended again, deleted, or held by another transaction at that moment.
  std::int64_t changed = 0;
  /// Those that the transition table refused, by its reason.
  std::map<std::string, std::int64_t> refused;
  /// Those that have nothing to be replayed there, as they ended before that stage, by the reason.
  std::map<std::string, std::int64_t> skipped;

  sent_back& operator+=(const sent_back& more);
};

/// Why a job that is done has nothing at the stage: a handler ended it earlier, as one of bytes
/// that were ingested before; its pipeline did not end there. Nothing where the job may be sent
/// there.
std::optional<std::string> ended_before(connection& on, const pipeline::job& job,
                                        const pipeline::definition& in,
                                        const std::string& from_stage);

/// Jobs that wait or have died, to be moved to another stage. As ended_filter; of all states that
/// can be moved if `state` is empty.
struct movable_filter {
  std::optional<pipeline::job_state> state{};
  std::string pipeline{};
  std::string stage{};
  std::string code{};
  std::optional<std::int64_t> limit{};
};

/// As list_ended(); the counts give states in the place of codes, and the jobs at work, which stay,
/// are counted as well.
struct movable_list {
  std::vector<listed_job> jobs;
  std::vector<ended_count> counts;
  std::int64_t at_work = 0;
};
movable_list list_movable(connection& on, const movable_filter& filter);

/// The same of jobs that have not ended, those at work among them.
movable_list list_unfinished(connection& on, const movable_filter& filter);

}  // namespace millrace::storage
