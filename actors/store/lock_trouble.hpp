#pragma once

#include "actors/store/writer.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace millrace::actors {

/// What the writers of a store leave out because other sessions of the database hold locks, or the
/// database refuses it. Logs LOCKS_HELD when the first begins, and LOCKS_FREE when nothing is left
/// out any more because of locks.
class lock_trouble {
 public:
  /// What became of a write.
  void note(std::size_t lane, const write_request& what, const write_result& result);

  /// What waits, for whose locks or why else, and what to do; empty when nothing waits.
  const std::string& text() const { return text_; }

 private:
  std::string what_waits() const;
  std::string what_is_refused() const;

  std::set<pipeline::job_id> jobs_;
  std::map<std::size_t, std::string> held_off_;
  std::string held_by_;
  std::string locks_;
  std::map<pipeline::job_id, std::string> refused_;
  std::string text_;
};

/// Moves the settlements at these positions, which rise, to those that are to be given again.
void keep_apart(jobs_settled& answer, const std::vector<std::size_t>& held);

}  // namespace millrace::actors
