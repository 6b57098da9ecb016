#pragma once

#include "pipeline/unique.hpp"
#include "storage/db/database.hpp"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

/// Which job holds which unique key. A key is held by at most one job, as long as that is in the
/// states of the key's scope; that is looked up when a submit wants the key, so that no job that
/// moves or ends has to write anything for it.
namespace millrace::storage {

struct key_name {
  std::string pipeline;
  std::string key;

  auto operator<=>(const key_name&) const = default;
};

/// The job that took a key last.
struct key_holder {
  /// 0 when no job has.
  pipeline::job_id job = 0;
  pipeline::unique_scope scope = pipeline::unique_scope::unfinished;
  /// Empty when the job is gone.
  std::optional<pipeline::job_state> state;

  bool holds() const { return state && pipeline::holds(scope, *state); }
};

/// Keeps the keys from all other transactions until the one that is open ends, and answers which
/// job holds each. Throws storage::error.
std::map<key_name, key_holder> lock_keys(connection& on, const std::set<key_name>& keys);

/// A job that is to have a key, which is locked.
struct key_taker {
  key_name name;
  pipeline::job_id job = 0;
  pipeline::unique_scope scope = pipeline::unique_scope::unfinished;
};

void take_keys(connection& on, std::span<const key_taker> takers);

/// Ended jobs are to come back: gives each the key that it was submitted with, and answers the
/// others with the job that holds theirs. Of two with one key the first has it. The keys are those
/// of the pipeline, or of each job's own if it is empty.
std::map<pipeline::job_id, key_taker> retake_keys(connection& on,
                                                  const std::vector<pipeline::job_id>& jobs,
                                                  const std::string& in_pipeline = {});

}  // namespace millrace::storage
