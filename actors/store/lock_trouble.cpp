#include "actors/store/lock_trouble.hpp"

#include "base/log.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::actors {

void lock_trouble::note(std::size_t lane, const write_request& what, const write_result& result) {
  for (const auto& one : what.settlements)
    if (one.was_held) {
      jobs_.erase(one.job.id);
      refused_.erase(one.job.id);
    }
  for (const auto position : result.held)
    if (const auto id = what.settlements[position].job.id; !result.refused.contains(id))
      jobs_.insert(id);
  refused_.insert(result.refused.begin(), result.refused.end());
  if (result.held_off.empty())
    held_off_.erase(lane);
  else
    held_off_[lane] = result.held_off;
  if (!result.held_by.empty())
    held_by_ = result.held_by;
  text_ = what_is_refused();
  const bool was_free = locks_.empty();
  const auto waiting = what_waits();
  if (waiting.empty()) {
    if (!was_free)
      log_event(log_level::info, "LOCKS_FREE");
    locks_.clear();
    held_by_.clear();
    return;
  }
  constexpr auto next =
      "end the session with `select pg_terminate_backend(PID)` if it hangs; the rest goes on";
  const auto holder = held_by_.empty() ? std::string{"it is not known which"} : held_by_;
  locks_ =
      fmt::format("another session holds locks that {} wait for: {}; {}", waiting, holder, next);
  text_ += (text_.empty() ? "" : "; ") + locks_;
  if (was_free)
    log_event(log_level::warning, "LOCKS_HELD",
              {{"what", waiting}, {"by", holder}, {"next", next}});
}

std::string lock_trouble::what_is_refused() const {
  if (refused_.empty())
    return {};
  const auto& [job, why] = *refused_.begin();
  return fmt::format(
      "it refuses whatever is written of {} jobs, of job {} for instance: {}; they stay in hand "
      "and "
      "are tried again",
      refused_.size(), job, why);
}

std::string lock_trouble::what_waits() const {
  std::string list;
  const auto add = [&](const std::string& what) { list += (list.empty() ? "" : ", ") + what; };
  if (!jobs_.empty())
    add(fmt::format("the results of {} jobs", jobs_.size()));
  for (const auto& [lane, what] : held_off_)
    add(what);
  return list;
}

void keep_apart(jobs_settled& answer, const std::vector<std::size_t>& held) {
  if (held.empty())
    return;
  std::vector<storage::settlement> settlements;
  std::vector<storage::settled> results;
  auto next = held.begin();
  for (std::size_t i = 0; i < answer.settlements.size(); ++i) {
    auto& one = answer.settlements[i];
    if (next != held.end() && *next == i) {
      ++next;
      one.was_held = true;
      answer.held.push_back(std::move(one));
    } else {
      settlements.push_back(std::move(one));
      results.push_back(std::move(answer.results[i]));
    }
  }
  answer.settlements = std::move(settlements);
  answer.results = std::move(results);
}

}  // namespace millrace::actors
