#include "actors/store/writer.hpp"
#include "base/log.hpp"
#include "pipeline/codes.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

/// Claims that fail, one after the other, until one waits for the next write.
constexpr int most_claims = 64;

bool may_pass(const storage::error& why) {
  return why.kind() == storage::error_kind::transient || why.kind() == storage::error_kind::full;
}

/// Runs a duty of a write; what it throws is told, and the others go on. What may pass is tried
/// again with the next write of its kind. Answers whether it was done.
template <class Duty>
bool attempt(std::string_view name, Duty duty) {
  try {
    duty();
    return true;
  } catch (const storage::error& refused) {
    log_event(may_pass(refused) ? log_level::warning : log_level::error, "DUTY_FAILED",
              {{"duty", name}, {"why", refused.why()}, {"next", refused.next()}});
  } catch (const std::exception& bug) {
    log_event(log_level::error, "DUTY_FAILED", {{"duty", name}, {"why", bug.what()}});
  }
  return false;
}

}  // namespace

/// Each duty in a transaction of its own: what cannot be written does not hold up the rest. Only
/// the first may throw; after that something is written.
write_result writer::write_apart(const write_request& what) {
  write_request first;
  first.settlements = what.settlements;
  if (what.duties.contains(duty::lease))
    first.duties.add(duty::lease);
  const auto refused = replace_refused(first.settlements);
  auto result = write_past_locks(first, refused);
  result.refused = refused;
  if (!result.lease_lost) {
    do_apart(what, result);
    claim_apart(what, result);
  }
  // A commit in doubt is that of another request than the next one: its jobs are found when the
  // lease of this runtime runs out.
  doubtful_.reset();
  return result;
}

/// Tries it alone, without committing; empty when the database takes it.
std::string writer::why_refused(const storage::settlement& one) {
  try {
    const storage::transaction trial{*connection_};
    jobs_->settler.settle({&one, 1}, time_.now());
  } catch (const storage::lock_blocked&) {
    // It is left out when it is written.
  } catch (const storage::error& refused) {
    if (refused.kind() != storage::error_kind::permanent)
      throw;
    return refused.why();
  } catch (const std::exception& bug) {
    return bug.what();
  }
  return {};
}

/// Puts a retry in the place of settlements that the database refuses, and answers those of which
/// it refuses even that, and why: they stay in hand.
std::map<pipeline::job_id, std::string> writer::replace_refused(
    std::vector<storage::settlement>& all) {
  std::map<pipeline::job_id, std::string> refused;
  for (auto& one : all) {
    const auto why = why_refused(one);
    if (why.empty())
      continue;
    one.what = pipeline::retry{std::string{pipeline::codes::WRITE_REFUSED}, why, {}};
    auto still = why_refused(one);
    // Of one that is tried again that was told before.
    if (!one.was_held)
      log_event(log_level::error, "WRITE_REFUSED",
                {{"job", one.job.id},
                 {"why", why},
                 {"next", still.empty() ? "it counts as a failed attempt"
                                        : "nothing can be written of it: it stays in hand, and is "
                                          "tried again until the database takes it"}});
    if (!still.empty())
      refused.emplace(one.job.id, std::move(still));
  }
  return refused;
}

/// A claim that fails is tried in halves, until the job that makes it fail is the only one.
void writer::claim_apart(const write_request& what, write_result& into) {
  write_request some;
  some.claim = what.claim;
  some.rooms = what.rooms;
  some.bytes = what.bytes;
  for (int tries = 0; some.claim > 0 && tries < most_claims; ++tries) {
    std::string why;
    std::string next;
    const bool is_done = attempt(to_string(duty::claim), [&] {
      try {
        auto claimed = write_patiently(some).claimed;
        const auto& before = into.claimed.aside;
        claimed.aside.insert(claimed.aside.end(), before.begin(), before.end());
        into.claimed = std::move(claimed);
      } catch (const storage::error& refused) {
        if (may_pass(refused))
          throw;
        why = refused.why();
        next = refused.next();
      }
    });
    if (!is_done)
      break;
    if (why.empty()) {
      if (some.claim < what.claim)
        into.claimed.next_run_at = time_.now();
      return;
    }
    if (some.claim > 1) {
      some.claim /= 2;
      continue;
    }
    const auto done = jobs_->claims.pass_over_refused(why, time_.now());
    into.claimed.aside.insert(into.claimed.aside.end(), done.aside.begin(), done.aside.end());
    if (done.aside.empty() && !done.has_sorted)
      log_event(log_level::error, "CLAIM_REFUSED",
                {{"why", why},
                 {"waiting", done.leaves_limits ? "stages and tenants with limits" : "its lane"},
                 {"next", next.empty() ? "see what the database says; it is tried again" : next}});
    some.claim = what.claim;
  }
  into.claimed.next_run_at = time_.now() + 1s;
}

void writer::do_apart(const write_request& what, write_result& into) {
  if (what.held)
    attempt(to_string(duty::rescue), [&] { write_patiently({.held = what.held}); });
  for (const auto& one : duties_) {
    if (!what.duties.contains(one->name()))
      continue;
    const bool is_done = attempt(to_string(one->name()),
                                 [&] { into = write_patiently({.duties = {one->name()}}, into); });
    if (!is_done)
      one->leave_out(context(time_.now()), into);
  }
}

}  // namespace millrace::actors
