#pragma once

#include "pipeline/job.hpp"
#include "storage/database.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Jobs that have ended in one way, to send many of them back: list_ended() finds them, and
/// job_store::replay_ended() sends a piece of the list back at a time.
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

/// A job that had ended when it was listed. Whoever changes it raises its epoch.
struct ended_job {
  pipeline::job_id id = 0;
  std::int64_t epoch = 0;
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
  std::vector<ended_job> jobs;
  /// In the order of their names.
  std::vector<ended_count> counts;
  /// No job has a higher id than the filter's `until`.
  bool is_last = true;
};

/// Passes over all jobs in the order of their ids, in windows of some milliseconds, so that no
/// index is needed, which every job would have to pay for. Throws storage::error.
ended_list list_ended(connection& on, const ended_filter& filter);

/// What became of jobs that were to be sent back.
struct sent_back {
  std::int64_t replayed = 0;
  /// Not ended any more, ended anew, deleted, or in the hands of somebody else at that moment.
  std::int64_t changed = 0;
  /// Those that the transition table refused, by its reason.
  std::map<std::string, std::int64_t> refused;

  sent_back& operator+=(const sent_back& more);
};

}  // namespace millrace::storage
