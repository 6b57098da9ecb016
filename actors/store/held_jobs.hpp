#pragma once

#include "storage/jobs/types.hpp"

#include <unordered_map>
#include <vector>

namespace millrace::actors {

/// The jobs that a runtime was given and has not settled: what the database says that it holds is
/// compared with it. Two lanes may answer in another order than they wrote: epochs tell.
class held_jobs {
 public:
  /// False when one is held already, by a claim that is no older: then the database has lost
  /// commits, and gives its jobs and their epochs once more.
  bool claimed(const std::vector<pipeline::job>& jobs) {
    bool are_new = true;
    for (const auto& one : jobs) {
      // A row that was written with SQL may have an epoch below 0.
      const auto [at, is_first] = epochs_.try_emplace(one.id, one.epoch);
      are_new = are_new && (is_first || at->second < one.epoch);
      at->second = one.epoch;
    }
    return are_new;
  }

  void settled(const storage::settlement& what, const storage::settled& became) {
    // Given back and claimed again meanwhile, it stays.
    const auto at = epochs_.find(what.job.id);
    if (at == epochs_.end() || at->second > what.job.epoch)
      return;
    if (became && became->state == pipeline::job_state::working)
      at->second = became->epoch;
    else
      epochs_.erase(at);
  }

  std::vector<pipeline::job_id> list() const {
    std::vector<pipeline::job_id> all;
    all.reserve(epochs_.size());
    for (const auto& [id, unused] : epochs_)
      all.push_back(id);
    return all;
  }

 private:
  std::unordered_map<pipeline::job_id, std::int64_t> epochs_;
};

}  // namespace millrace::actors
