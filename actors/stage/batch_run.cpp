#include "actors/stage/batch_run.hpp"

#include "base/check.hpp"
#include "base/error.hpp"
#include "pipeline/check_outcome.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/troubles.hpp"
#include "storage/db/error.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

/// The outcome of a job whose handler threw.
pipeline::outcome outcome_of(const std::exception_ptr& thrown, time_point now) {
  const auto failed = [](const char* why) {
    return pipeline::retry{std::string{pipeline::codes::HANDLER_ERROR}, why, {}};
  };
  try {
    std::rethrow_exception(thrown);
  } catch (const unavailable& e) {
    return pipeline::out_of_order(now, e.what());
  } catch (const storage::error& e) {
    if (e.kind() == storage::error_kind::transient || e.kind() == storage::error_kind::full)
      return pipeline::snooze{now + 1s, e.what()};
    return failed(e.what());
  } catch (const std::exception& e) {
    return failed(e.what());
  } catch (...) {
    return failed("unknown exception");
  }
}

}  // namespace

/// Where the thread in the handler hands in its answers, and says how far it is. An abandoned
/// batch_run takes nothing.
class batch_run::answer_sink final : public pipeline::answers, public pipeline::progress_listener {
 public:
  answer_sink(batch_run& of, storage::crash_journal& journal) : of_(of), journal_(journal) {}
  ~answer_sink() override { journal_.release_slot(slot_); }
  answer_sink(const answer_sink&) = delete;
  answer_sink& operator=(const answer_sink&) = delete;

  std::size_t slot() const { return slot_; }

  void begin() override {
    const std::scoped_lock guard{of_.mutex_};
    if (of_.abandoned_)
      return;
    of_.begun_ = true;
    of_.began_ = of_.time_now();
    journal_.take(slot_, of_.jobs_[of_.outcomes_.size()].id);
  }

  std::size_t hold(std::size_t wanted) override {
    const std::scoped_lock guard{of_.mutex_};
    const auto held = std::min(wanted, of_.jobs_.size() - of_.outcomes_.size());
    of_.held_until_ = of_.outcomes_.size() + held;
    return held;
  }

  void answer(pipeline::outcome what) override {
    what = pipeline::checked(std::move(what));
    const std::scoped_lock guard{of_.mutex_};
    if (of_.abandoned_)
      return;
    MILLRACE_CHECK(of_.outcomes_.size() < of_.jobs_.size());
    of_.drop_progress();
    of_.keep_outcome(std::move(what));
    const auto next = of_.position();
    journal_.take(slot_, next ? of_.jobs_[*next].id : 0);
  }

  void hear(pipeline::progress how_far) override {
    const std::scoped_lock guard{of_.mutex_};
    const auto at = of_.position();
    if (of_.abandoned_ || !at)
      return;
    const auto& job = of_.jobs_[*at];
    of_.reported_ = {job.id, job.epoch};
    of_.progress_->set(*of_.reported_, std::move(how_far));
  }

 private:
  batch_run& of_;
  storage::crash_journal& journal_;
  const std::size_t slot_ = journal_.acquire_slot();
};

batch_run::batch_run(std::vector<pipeline::job> jobs, pipeline::stage_work work, time_point now,
                     std::shared_ptr<job_progress> progress)
    : work_(std::move(work)),
      now_(now),
      progress_(std::move(progress)),
      jobs_(std::move(jobs)),
      is_timed_(std::any_of(jobs_.begin(), jobs_.end(),
                            [](const auto& one) { return !one.traceparent.empty(); })) {
  outcomes_.reserve(jobs_.size());
}

time_point batch_run::time_now() const {
  return is_timed_ ? now_ + std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() -
                                                                 made_at_)
                   : now_;
}

void batch_run::keep_outcome(pipeline::outcome what) {
  outcomes_.push_back(std::move(what));
  if (!is_timed_)
    return;
  const auto now = time_now();
  times_.push_back({began_, now});
  began_ = now;
}

void batch_run::run(executor& on, storage::crash_journal& journal,
                    storage::running_jobs_table* recorder) {
  bool lost = false;
  {
    answer_sink answers{*this, journal};
    if (recorder != nullptr)
      recorder->record(answers.slot(), running_jobs());
    std::unique_lock guard{mutex_};
    while (!abandoned_ && outcomes_.size() < jobs_.size()) {
      // A stop was meant for the job that was in hand then.
      if (stop_.stop_requested())
        stop_ = std::stop_source{};
      pipeline::context at{now_, stop_.get_token(), progress_ ? &answers : nullptr};
      calling_ = true;
      began_ = time_now();
      // jobs_ is not touched while the handler has it, save by abandon(), which leaves it a copy.
      if (const auto* one = std::get_if<pipeline::handler>(&work_)) {
        const auto& job = jobs_[outcomes_.size()];
        at.traceparent = job.traceparent;
        begun_ = true;
        held_until_ = outcomes_.size() + 1;
        guard.unlock();
        journal.take(answers.slot(), job.id);
        auto outcome = call(*one, job, at);
        guard.lock();
        if (!abandoned_)
          keep_outcome(std::move(outcome));
      } else {
        const auto before = outcomes_.size();
        const auto left = std::span<const pipeline::job>{jobs_}.subspan(before);
        held_until_ = jobs_.size();
        guard.unlock();
        call(std::get<pipeline::batch_handler>(work_), left, at, before, answers);
        guard.lock();
      }
      calling_ = false;
      begun_ = false;
      drop_progress();
    }
    lost = abandoned_ && !jobs_.empty();
  }
  if (lost)
    on.thread_back();
}

pipeline::outcome batch_run::call(const pipeline::handler& work, const pipeline::job& job,
                                  const pipeline::context& at) const {
  try {
    return pipeline::checked(work(job, at));
  } catch (...) {
    return outcome_of(std::current_exception(), now_);
  }
}

void batch_run::call(const pipeline::batch_handler& work, std::span<const pipeline::job> left,
                     const pipeline::context& at, std::size_t before, answer_sink& to) const {
  try {
    work(left, at, to);
    const std::unique_lock guard{mutex_};
    if (abandoned_ || outcomes_.size() > before)
      return;
  } catch (...) {
    return to.answer(outcome_of(std::current_exception(), now_));
  }
  to.answer(pipeline::retry{
      std::string{pipeline::codes::HANDLER_ERROR}, "the handler returned without an answer", {}});
}

std::vector<storage::running_job> batch_run::running_jobs() const {
  const std::scoped_lock guard{mutex_};
  std::vector<storage::running_job> all;
  all.reserve(jobs_.size());
  for (const auto& one : jobs_)
    all.push_back({one.id, one.epoch});
  return all;
}

std::optional<std::size_t> batch_run::position() const {
  const auto ended = outcomes_.size();
  return begun_ && ended < jobs_.size() ? std::optional{ended} : std::nullopt;
}

std::optional<std::size_t> batch_run::in_handler() const {
  const std::scoped_lock guard{mutex_};
  return position();
}

void batch_run::drop_progress() {
  if (const auto of = std::exchange(reported_, std::nullopt))
    progress_->drop(*of);
}

/// What was not taken yet of these.
batch_run::report batch_run::untaken(std::vector<pipeline::job> jobs,
                                     std::vector<pipeline::outcome> outcomes) const {
  const auto first = static_cast<std::ptrdiff_t>(taken_);
  jobs.erase(jobs.begin(), jobs.begin() + first);
  outcomes.erase(outcomes.begin(), outcomes.begin() + first);
  report rest{std::move(jobs), std::move(outcomes), false};
  if (is_timed_)
    rest.times.assign(times_.begin() + first, times_.end());
  return rest;
}

batch_run::report batch_run::take_ended() {
  const std::scoped_lock guard{mutex_};
  report ended;
  if (abandoned_)
    return ended;
  // Copies: the handler may still read the jobs.
  for (; taken_ < outcomes_.size(); ++taken_) {
    ended.jobs.push_back(jobs_[taken_]);
    ended.outcomes.push_back(std::move(outcomes_[taken_]));
    if (is_timed_)
      ended.times.push_back(times_[taken_]);
  }
  return ended;
}

std::vector<pipeline::job> batch_run::recall() {
  const std::scoped_lock guard{mutex_};
  std::vector<pipeline::job> back;
  if (abandoned_ || !calling_)
    return back;
  const auto first = jobs_.begin() + static_cast<std::ptrdiff_t>(held_until_);
  back.assign(std::make_move_iterator(first), std::make_move_iterator(jobs_.end()));
  jobs_.erase(first, jobs_.end());
  return back;
}

batch_run::report batch_run::result() {
  const std::scoped_lock guard{mutex_};
  MILLRACE_CHECK(outcomes_.size() == jobs_.size());
  return untaken(std::move(jobs_), std::move(outcomes_));
}

batch_run::report batch_run::abandon(executor& on) {
  const std::scoped_lock guard{mutex_};
  stop_.request_stop();
  abandoned_ = true;
  drop_progress();
  if (!calling_)
    return untaken(std::exchange(jobs_, {}), std::move(outcomes_));
  on.thread_lost();
  // A copy of the outcomes, too: how many there are says how far the handler has come.
  auto cut = untaken(jobs_, outcomes_);
  cut.cut_short = position().has_value();
  if (cut.cut_short && is_timed_)
    cut.times.push_back({began_, time_now()});
  return cut;
}

void batch_run::ask_to_stop(pipeline::job_id job) {
  const std::scoped_lock guard{mutex_};
  if (const auto at = position(); at && jobs_[*at].id == job)
    stop_.request_stop();
}

}  // namespace millrace::actors
