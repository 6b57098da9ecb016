#include "tests/simulation/judge.hpp"

#include "storage/jobs/paused_stages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::simulation {

using pipeline::job_state;

void judge::expect(pipeline::job_id id, const storage::new_job& job, time_point now) {
  expected_job j;
  j.pipeline = job.pipeline;
  j.stage = job.stage;
  j.run_at = job.run_at.value_or(now);
  j.tenant = job.tenant;
  j.concurrency_key = job.concurrency_key;
  j.payload = job.payload;
  if (!known_.jobs.emplace(id, std::move(j)).second)
    throw violation{"ids are given once", fmt::format("job {} was there", id)};
}

void judge::look(time_point now) {
  now_ = now;
  touched_.clear();
  adopt_scheduled();
  read_events();
  for (const auto id : touched_)
    if (const auto row = storage::find_job(on_, id))
      compare(*row);
  // What changes without an event is found a little later.
  if (++looks_ % 32 == 0)
    compare_all();
  limits_.count(known_.jobs);
  if (is_calm_)
    limits_.require_progress(known_.jobs, now);
  leases_.look(on_, now);
}

void judge::read_events() {
  for (const auto& e :
       storage::list_events(on_, {.after = known_.last_event, .limit = 1'000'000})) {
    known_.last_event = e.id;
    saw(fmt::format("{} {} {} {} {} {} {} {} {}", e.id, e.job, e.stage, e.type, e.code, e.epoch,
                    e.attempt, to_us(e.at), e.message));
    if (e.job == 0) {
      on_stage_event(e);
      continue;
    }
    if (known_.given_up.contains(e.job))
      continue;
    const auto found = known_.jobs.find(e.job);
    if (found == known_.jobs.end())
      fail("events are of jobs", e, "it was not submitted");
    touched_.insert(e.job);
    on_event(found->first, found->second, e);
  }
  for (const auto& [unused, j] : known_.jobs)
    if (j.half)
      fail("an end is told whole", *j.half, "there is no event finalized");
}

void judge::on_stage_event(const event& e) {
  if (e.message.starts_with("paused"))
    known_.paused.emplace(e.pipeline, e.stage);
  else
    known_.paused.erase({e.pipeline, e.stage});
}

bool judge::is_paused(const expected_job& j) const {
  const auto& in = pipelines_.at(j.pipeline);
  return known_.paused.contains({in.name, in.stages.at(j.stage).name}) ||
         known_.paused.contains({in.name, std::string{storage::every_stage}});
}

void judge::on_event(pipeline::job_id, expected_job& j, const event& e) {
  const auto& in = pipelines_.at(j.pipeline);
  if (e.pipeline != in.name || e.stage != in.stages.at(j.stage).name)
    fail("stages follow each other", e, fmt::format("it stood at {}", in.stages.at(j.stage).name));
  if (j.half) {
    if (e.type != "finalized" || e.epoch != j.half->epoch)
      fail("an end is told whole", *j.half, "there is no event finalized");
    j.half.reset();
    return on_finalized(e, j);
  }
  const bool keeps_epoch = e.code == "CANCEL_REQUESTED";
  if (e.epoch != j.epoch + (keeps_epoch ? 0 : 1))
    fail("epochs grow by one", e, fmt::format("it was at {}", j.epoch));
  if (e.type == "stage_started")
    on_claim(e, j);
  else if (e.type == "stage_done")
    on_done(e, j);
  else if (e.type == "retry")
    on_failure(e, j, false);
  else if (e.type == "error")
    on_failure(e, j, true);
  else if (e.type == "finalized")
    on_finalized(e, j);
  else
    on_control(e, j);
  if (!j.half && e.attempt != j.attempt)
    fail("attempts are charged as the table says", e, fmt::format("it must be {}", j.attempt));
}

void judge::wrote(const event& e, expected_job& j) {
  j.epoch = e.epoch;
  j.is_open = false;
  j.cancel_requested = false;
  j.run_at_slack = duration{0};
}

void judge::require_working(const event& e, expected_job& j) {
  if (j.is_open)
    j.state = job_state::working;
  if (j.state != job_state::working)
    fail("only a job in hand is settled", e, fmt::format("it was {}", to_string(j.state)));
}

void judge::require_uncancelled(const event& e, const expected_job& j) {
  if (j.cancel_requested)
    fail("a requested cancellation ends the job", e, "it went on");
}

const call& judge::require_call(const event& e, const expected_job& j) const {
  const auto found = calls_.find({e.job, j.epoch});
  if (found == calls_.end())
    fail("what is settled was done", e, "no handler was called with that epoch");
  return found->second;
}

template <class Outcome>
const Outcome& judge::require_answer(const event& e, const expected_job& j) const {
  const auto& made = require_call(e, j);
  const auto* answer = made.answer ? std::get_if<Outcome>(&*made.answer) : nullptr;
  if (answer == nullptr)
    fail("what is settled was answered", e, "its handler answered otherwise");
  return *answer;
}

void judge::leave_output(const std::vector<pipeline::effect>& effects, expected_job& j) const {
  for (const auto& one : effects)
    j.output = std::get<pipeline::effects::write_output>(one).json;
}

void judge::on_claim(const event& e, expected_job& j) {
  if (j.is_open)
    j.state = job_state::queued;
  if (j.state != job_state::queued && j.state != job_state::retryable)
    fail("only a waiting job is claimed", e, fmt::format("it was {}", to_string(j.state)));
  if (is_paused(j))
    fail("a paused stage starts nothing", e, "it was claimed there");
  if (j.run_at > e.at)
    fail("a job waits for its time", e, fmt::format("it is {}", to_us(j.run_at)));
  limits_.on_claim(e.job, j, e.at);
  const auto slack = j.run_at_slack;
  wrote(e, j);
  j.run_at_slack = slack;
  j.state = job_state::working;
}

void judge::on_done(const event& e, expected_job& j) {
  require_working(e, j);
  const auto& in = pipelines_.at(j.pipeline);
  const auto& made = require_call(e, j);
  if (made.answer && std::holds_alternative<pipeline::finish>(*made.answer)) {
    j.half = e;
    return;
  }
  const auto& answer = require_answer<pipeline::advance>(e, j);
  const auto to = answer.to.empty() ? j.stage + 1U : in.find_stage(answer.to).value();
  if (to == in.stages.size()) {
    j.half = e;
    return;
  }
  require_uncancelled(e, j);
  leave_output(answer.effects, j);
  wrote(e, j);
  j.stage = static_cast<std::uint16_t>(to);
  j.attempt = 0;
  j.least_crashes = j.most_crashes = 0;
  j.is_open = !is_paused(j) && !in.stages[to].limit.any();
  j.state = job_state::queued;
}

void judge::on_failure(const event& e, expected_job& j, bool is_last) {
  require_working(e, j);
  require_uncancelled(e, j);
  if (is_last) {
    j.half = e;
    return;
  }
  const auto& stage = pipelines_.at(j.pipeline).stages.at(j.stage);
  const auto failures = j.attempt + 1;
  if (failures >= stage.max_attempts)
    fail("attempts have a limit", e, fmt::format("it is {}", stage.max_attempts));
  const auto factor = std::int64_t{1} << std::min(j.attempt, 20);
  const auto wait = std::min<duration>(stage.backoff.base * factor, stage.backoff.cap);
  auto least = wait * 9 / 10;
  auto slack = wait / 5;
  if (e.code != "TIMEOUT") {
    const auto& made = require_call(e, j);
    if (e.code == "HANDLER_ERROR") {
      if (!made.threw)
        fail("what is settled was answered", e, "its handler did not throw");
    } else {
      const auto& answer = require_answer<pipeline::retry>(e, j);
      if (answer.code != e.code)
        fail("what is settled was answered", e, "its handler gave the code " + answer.code);
      if (answer.after) {
        least = *answer.after;
        slack = {};
      }
      leave_output(answer.effects, j);
    }
  }
  wrote(e, j);
  j.state = job_state::retryable;
  j.attempt = failures;
  j.run_at = e.at + least;
  j.run_at_slack = slack;
}

void judge::on_finalized(const event& e, expected_job& j) {
  if (e.code == "CANCELLED") {
    if (j.is_open)
      j.state = j.cancel_requested ? job_state::working : job_state::queued;
    if (has_ended(j.state) && j.state != job_state::deadletter)
      fail("an end is an end", e, fmt::format("it was {}", to_string(j.state)));
    if (j.state == job_state::working && !j.cancel_requested)
      fail("a job in hand is cancelled by its settlement", e, "no order asked for it");
    wrote(e, j);
    j.state = job_state::cancelled;
    return;
  }
  if (e.code == "POISON") {
    on_rescue(e, j, true);
    j.state = job_state::deadletter;
    return;
  }
  require_working(e, j);
  const auto* made = calls_.contains({e.job, j.epoch}) ? &calls_.at({e.job, j.epoch}) : nullptr;
  const auto* answer = made != nullptr && made->answer ? &*made->answer : nullptr;
  if (answer != nullptr && e.severity == "info") {
    if (const auto* finished = std::get_if<pipeline::finish>(answer))
      leave_output(finished->effects, j);
    else
      leave_output(require_answer<pipeline::advance>(e, j).effects, j);
    wrote(e, j);
    j.state = job_state::done;
    return;
  }
  // A rejection charges nothing, a wrong answer is one; what fails for the last time is charged.
  const auto* rejected = answer != nullptr ? std::get_if<pipeline::reject>(answer) : nullptr;
  const bool is_wrong = answer != nullptr && std::holds_alternative<pipeline::advance>(*answer);
  const bool timed_out = e.code == "TIMEOUT";
  if (rejected != nullptr && !timed_out)
    leave_output(rejected->effects, j);
  else if (!is_wrong || timed_out)
    ++j.attempt;
  const auto limit = pipelines_.at(j.pipeline).stages.at(j.stage).max_attempts;
  const bool is_charged = (rejected == nullptr && !is_wrong) || timed_out;
  if (is_charged && j.attempt != limit)
    fail("attempts have a limit", e, fmt::format("it is {}, and not yet reached", limit));
  wrote(e, j);
  j.state = job_state::deadletter;
}

void judge::on_control(const event& e, expected_job& j) {
  if (e.code == "PROGRESS") {
    require_working(e, j);
    require_uncancelled(e, j);
    leave_output(require_answer<pipeline::proceed>(e, j).effects, j);
    wrote(e, j);
    j.attempt = 0;
    j.least_crashes = j.most_crashes = 0;
    j.is_open = true;
    j.state = job_state::working;
  } else if (e.code == "SNOOZED") {
    require_working(e, j);
    require_uncancelled(e, j);
    const auto& answer = require_answer<pipeline::snooze>(e, j);
    leave_output(answer.effects, j);
    wrote(e, j);
    j.state = job_state::queued;
    j.run_at = answer.until;
  } else if (e.code == "RELEASED") {
    // Given back while it was open: then it had not been begun.
    if (j.is_open)
      j.state = job_state::working;
    require_uncancelled(e, j);
    const auto slack = j.run_at_slack;
    if (j.state != job_state::working)
      fail("only a job in hand is settled", e, fmt::format("it was {}", to_string(j.state)));
    wrote(e, j);
    j.run_at_slack = slack;
    j.state = job_state::queued;
  } else if (e.code == "RESCUED") {
    require_uncancelled(e, j);
    on_rescue(e, j, false);
    j.state = job_state::queued;
  } else if (e.code == "CANCEL_REQUESTED") {
    if (j.is_open)
      j.state = job_state::working;
    if (j.state != job_state::working || j.cancel_requested)
      fail("a cancellation is requested once", e, "of a job that works");
    j.cancel_requested = true;
  } else if (e.code == "REPLAYED") {
    if (!has_ended(j.state))
      fail("only an ended job is replayed", e, fmt::format("it was {}", to_string(j.state)));
    wrote(e, j);
    const auto name = e.message.substr(5, e.message.find(" by ") - 5);
    j.stage = pipelines_.at(j.pipeline).find_stage(name).value();
    j.state = job_state::queued;
    j.attempt = 0;
    j.least_crashes = j.most_crashes = 0;
    j.run_at = e.at;
    j.was_sent_back = true;
  } else if (e.code == "HASTENED") {
    if (j.is_open)
      j.state = job_state::queued;
    wrote(e, j);
    j.run_at = e.at;
  } else {
    fail("events are known", e, "");
  }
}

void judge::on_rescue(const event& e, expected_job& j, bool poisoned) {
  if (j.is_open)
    j.state = job_state::working;
  if (j.state != job_state::working)
    fail("only a job in hand is rescued", e, fmt::format("it was {}", to_string(j.state)));
  if (j.claimed_by && fleet_.is_living_other(*j.claimed_by) &&
      !leases_.may_be_rescued(*j.claimed_by, now_))
    fail("the living are not rescued", e, fmt::format("runtime {} does", *j.claimed_by));
  const bool may_be_charged = !j.claimed_by || !fleet_.is_living(*j.claimed_by);
  if (poisoned && !may_be_charged)
    fail("a crash is charged to the dead", e, fmt::format("runtime {} lives", *j.claimed_by));
  const auto found = calls_.find({e.job, j.epoch});
  // The others of its batch may be charged, too.
  const bool is_charged = poisoned || (found != calls_.end() && found->second.must_be_charged);
  j.least_crashes += is_charged ? 1 : 0;
  j.most_crashes += may_be_charged ? 1 : 0;
  if (poisoned ? j.most_crashes < rules_.crash_limit : j.least_crashes >= rules_.crash_limit)
    fail("crashes have a limit", e, fmt::format("it is {}", rules_.crash_limit));
  const auto slack = j.run_at_slack;
  wrote(e, j);
  j.run_at_slack = slack;
}

void judge::fail(const std::string& invariant, const event& e, const std::string& why) const {
  throw violation{invariant,
                  fmt::format("event {}: job {} at {}: {} {} epoch {} attempt {}: {}", e.id, e.job,
                              e.stage, e.type, e.code, e.epoch, e.attempt, why)};
}

}  // namespace millrace::simulation
