#include "actors/flight.hpp"

#include "pipeline/check.hpp"
#include "pipeline/codes.hpp"
#include "storage/error.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace millrace::actors {

using namespace std::chrono_literals;

flight::flight(std::vector<pipeline::job> jobs, pipeline::handler work, pipeline::time_point now)
    : work_(std::move(work)), now_(now), jobs_(std::move(jobs)) {
  outcomes_.reserve(jobs_.size());
}

void flight::run(executor& on, storage::hand_journal& hands, storage::flight_recorder* recorder) {
  const auto slot = hands.acquire_slot();
  if (recorder != nullptr)
    recorder->record(slot, in_hand());
  std::unique_lock guard{mutex_};
  while (!abandoned_ && outcomes_.size() < jobs_.size()) {
    // A copy only of the reference: jobs_ is not touched while a job is in the handler, save by
    // abandon(), which leaves it a copy.
    const auto& job = jobs_[outcomes_.size()];
    in_handler_ = true;
    guard.unlock();
    hands.take(slot, job.id);
    auto answer = call(job);
    guard.lock();
    in_handler_ = false;
    if (!abandoned_)
      outcomes_.push_back(std::move(answer));
  }
  const bool lost = abandoned_ && !jobs_.empty();
  guard.unlock();
  hands.release_slot(slot);
  if (lost)
    on.thread_back();
}

std::vector<storage::job_in_hand> flight::in_hand() const {
  const std::scoped_lock guard{mutex_};
  std::vector<storage::job_in_hand> all;
  all.reserve(jobs_.size());
  for (const auto& one : jobs_)
    all.push_back({one.id, one.epoch});
  return all;
}

pipeline::outcome flight::call(const pipeline::job& j) {
  try {
    return work_(j, {now_, stop_.get_token()});
  } catch (const storage::error& e) {
    if (e.kind() == storage::error_kind::transient || e.kind() == storage::error_kind::full)
      return pipeline::snooze{now_ + 1s, e.what()};
    return pipeline::retry{std::string{pipeline::codes::HANDLER_ERROR}, e.what(), {}};
  } catch (const std::exception& e) {
    return pipeline::retry{std::string{pipeline::codes::HANDLER_ERROR}, e.what(), {}};
  } catch (...) {
    return pipeline::retry{std::string{pipeline::codes::HANDLER_ERROR}, "unknown exception", {}};
  }
}

std::optional<std::size_t> flight::in_handler() const {
  const std::scoped_lock guard{mutex_};
  return in_handler_ ? std::optional{outcomes_.size()} : std::nullopt;
}

flight::report flight::land() {
  const std::scoped_lock guard{mutex_};
  MILLRACE_CHECK(outcomes_.size() == jobs_.size());
  return {std::move(jobs_), std::move(outcomes_), false};
}

flight::report flight::abandon(executor& on) {
  stop_.request_stop();
  const std::scoped_lock guard{mutex_};
  abandoned_ = true;
  if (!in_handler_)
    return {std::exchange(jobs_, {}), std::move(outcomes_), false};
  on.thread_lost();
  return {jobs_, std::move(outcomes_), true};
}

void flight::ask_to_stop(pipeline::job_id job) {
  const std::scoped_lock guard{mutex_};
  if (in_handler_ && jobs_[outcomes_.size()].id == job)
    stop_.request_stop();
}

}  // namespace millrace::actors
