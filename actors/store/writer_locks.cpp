#include "actors/store/writer.hpp"
#include "storage/db/blockers.hpp"

#include <fmt/format.h>

#include <chrono>
#include <span>
#include <utility>

/// How a writer goes on where another session holds a lock that it needs: what needs it is left out
/// of the transaction, which is tried again without.
namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

std::vector<pipeline::job_id> jobs_of(const write_request& what) {
  std::vector<pipeline::job_id> ids;
  ids.reserve(what.settlements.size());
  for (const auto& one : what.settlements)
    ids.push_back(one.job.id);
  return ids;
}

bool has_held(const write_request& what) {
  for (const auto& one : what.settlements)
    if (one.was_held)
      return true;
  return false;
}

}  // namespace

write_result writer::write_past_locks(const write_request& what,
                                      const std::map<pipeline::job_id, std::string>& refused) {
  // Each time something is left out; there is not so much that a lock can be needed for.
  constexpr int most = 12;
  held_jobs_.clear();
  for (const auto& [job, unused] : refused)
    held_jobs_.insert(job);
  settles_free_ = !refused.empty() || (connection_->is_shared() && has_held(what));
  for (int tries = 1;; ++tries) {
    try {
      auto result = write_patiently(what);
      if (jobs_->claims.passes_by_held_limits())
        result.held_off += result.held_off.empty() ? "limits" : ", limits";
      if (result.held.empty() && result.held_off.empty())
        held_by_.clear();
      else if (tries == 1 && result.held.size() > refused.size())
        name_holders(what);
      result.held_by = held_by_;
      return result;
    } catch (const storage::lock_blocked& blocked) {
      if (connection_->is_broken())
        throw;
      name_holders(what);
      // Commits that notify wait for each other, and not for long.
      if (tries == most || (at_ != duty::commit && !step_aside(what)))
        throw storage::lock_blocked{
            storage::error_kind::transient, "cannot write past a lock",
            held_by_.empty() ? blocked.why()
                             : fmt::format("{}; it may be held by {}", blocked.why(), held_by_),
            "end the session that holds the lock if it hangs; it is tried again"};
    }
    // Not later: each of these waits takes a part of the lease.
    if (runtime_ != 0)
      write_once({.duties = {duty::lease}});
  }
}

/// Leaves out what met a lock. False when nothing goes on without it.
bool writer::step_aside(const write_request& what) {
  const auto met = at_;
  switch (met) {
    case duty::lease:
    case duty::controls:
    case duty::probe:
      return false;
    case duty::settle:
      if (std::exchange(settles_free_, true))
        find_held(what);
      return true;
    case duty::claim:
      if (!jobs_->claims.passes_by_held_limits()) {
        jobs_->claims.pass_by_held_limits();
        return true;
      }
      break;
    default:
      break;
  }
  detours_.hold_off(met, time_.monotonic());
  return true;
}

void writer::claim(const write_request& what, write_result& result, time_point now) {
  if (begin(duty::claim)) {
    if (settings_.returned)
      jobs_->claims.came_back(settings_.returned->take());
    result.claimed = jobs_->claims.claim({runtime_, what.claim, what.rooms, what.bytes}, now);
    detours_.passed(duty::claim);
  } else {
    result.claimed.next_run_at = now + 1s;
  }
}

void writer::settle(const write_request& what, write_result& result, time_point now) {
  if (settles_free_)
    return settle_free(what, result, now);
  result.settled = jobs_->settler.settle(what.settlements, now);
}

/// Settles the jobs that no other session holds, in runs between those that one does.
void writer::settle_free(const write_request& what, write_result& result, time_point now) {
  auto held = held_jobs_;
  auto ids = jobs_of(what);
  std::erase_if(ids, [&](pipeline::job_id id) { return held.contains(id); });
  if (!ids.empty() && connection_->is_shared())
    for (const auto id : storage::lock_free_jobs(*connection_, ids))
      held.insert(id);
  const std::span all{what.settlements};
  for (std::size_t i = 0; i < all.size();) {
    if (held.contains(all[i].job.id)) {
      result.held.push_back(i++);
      result.settled.emplace_back();
      continue;
    }
    auto end = i + 1;
    while (end < all.size() && !held.contains(all[end].job.id))
      ++end;
    for (auto& one : jobs_->settler.settle(all.subspan(i, end - i), now))
      result.settled.push_back(std::move(one));
    i = end;
  }
}

/// Their own rows are free, and yet some wait: for what their effects write, or for relatives. Each
/// is tried alone, without committing, as long as there is time: those after that count as held.
void writer::find_held(const write_request& what) {
  const auto end = time_.monotonic() + settings_.lease / 8;
  for (const auto& one : what.settlements) {
    if (time_.monotonic() > end) {
      held_jobs_.insert(one.job.id);
      continue;
    }
    try {
      const storage::transaction trial{*connection_};
      storage::wait_for_locks(*connection_, 20ms);
      jobs_->settler.settle({&one, 1}, time_.now());
    } catch (const storage::lock_blocked&) {
      held_jobs_.insert(one.job.id);
    } catch (const storage::error& other) {
      // What the database refuses is found out where it is written.
      if (other.kind() != storage::error_kind::permanent)
        throw;
    }
  }
}

void writer::name_holders(const write_request& what) {
  held_by_.clear();
  try {
    for (const auto& one : storage::find_blockers(*connection_, jobs_of(what)))
      held_by_ += (held_by_.empty() ? "" : ", ") + describe(one);
  } catch (const storage::error&) {
    // The names only help: the report goes out without them.
  }
}

}  // namespace millrace::actors
