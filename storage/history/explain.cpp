#include "storage/history/explain.hpp"

#include "base/duration.hpp"
#include "pipeline/codes.hpp"
#include "storage/children/children.hpp"
#include "storage/claim/limiter.hpp"
#include "storage/claim/queue_place.hpp"
#include "storage/history/claimed_jobs.hpp"
#include "storage/history/event_rows.hpp"
#include "storage/history/explain_text.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace millrace::storage {
namespace {

namespace codes = pipeline::codes;
using pipeline::job_state;

/// What explain() has read of a job, and the answers for each state.
class case_of_job {
 public:
  case_of_job(connection& on, const pipeline::catalog& pipelines, job_record job, time_point now,
              const job_rules& rules)
      : on_(on),
        pipelines_(pipelines),
        job_(std::move(job)),
        now_(now),
        rules_(rules),
        runtimes_(list_runtimes(on)),
        where_(fmt::format("at stage {} of {}", job_.stage, job_.pipeline)) {}

  explanation answer() const {
    switch (job_.state) {
      case job_state::working:
        return working();
      case job_state::done:
        return done();
      case job_state::cancelled:
        return cancelled();
      case job_state::deadletter:
        return dead();
      default:
        return waiting();
    }
  }

 private:
  explanation say(std::string_view reason, std::string text, std::string next = {}) const {
    if (next.empty())
      next = next_of(reason);
    return {job_.id, reason, std::move(text), std::move(next)};
  }

  /// What to do, with this job in the command.
  std::string next_of(std::string_view reason) const {
    return with_id(reasons::find(reason).next, job_.id);
  }

  /// Its pipeline is known, and has no such stage: nothing but a move lets it go on.
  bool is_stage_gone() const {
    return pipelines_.find(job_.pipeline).has_value() && definition() == nullptr;
  }

  explanation waiting() const {
    const auto paused = paused_stages(on_, pipelines_);
    for (const auto& one : paused)
      if (one.pipeline == job_.pipeline && (one.stage == job_.stage || one.stage == every_stage))
        return is_paused(one);
    if (job_.run_at > now_)
      return not_due();
    const auto alive = living();
    if (alive.empty())
      return nobody_is_there();
    const auto serving = serving_runtimes(on_, job_.pipeline, job_.stage, now_);
    if (serving.empty())
      return nobody_serves_it(alive.size());
    if (const auto held = find_key_wait(on_, job_.id))
      return say(reasons::KEY_AT_LIMIT,
                 fmt::format("{}; {}", where_, key_text(job_.concurrency_key, *held)));
    limiter limits{on_, pipelines_, rules_};
    const waiting_lane here{.of = {job_.pipeline, job_.stage, job_.tenant}};
    limits.look({&here, 1}, false, now_);
    if (const auto closed = limits.why_closed(here.of))
      return say(reasons::AT_LIMIT, fmt::format("{}; {}", where_, closed->why));
    return in_turn(serving, find_queue_place(on_, job_, serving, rules_.priority_ageing, now_));
  }

  explanation is_paused(const paused_stage& stage) const {
    const auto what = stage.with_pipeline
                          ? fmt::format("all of the pipeline {}", stage.pipeline)
                          : fmt::format("stage {} of {}", stage.stage, stage.pipeline);
    return say(reasons::STAGE_PAUSED,
               fmt::format("{} is paused since {} by {}{}", what, time_text(stage.since), stage.by,
                           job_.run_at > now_ ? fmt::format("; and its time comes {}",
                                                            in_future(job_.run_at, now_))
                                              : ""),
               fmt::format("`millrace resume {}--pipeline {}` lets it go on{}",
                           stage.with_pipeline ? "" : stage.stage + " ", stage.pipeline,
                           is_stage_gone() ? "; but " + move_from_gone(job_) : ""));
  }

  explanation not_due() const {
    if (job_.state == job_state::retryable)
      return say(reasons::RETRY_LATER,
                 fmt::format("{} {} begins {}, after {}", attempt_text(job_.attempt + 1), where_,
                             in_future(job_.run_at, now_), failure_text(job_.code, job_.message)),
                 retry_next());
    if (waits_for_children(on_, job_.id))
      return waits_for_its_children();
    const auto last = landmarks(1);
    if (!last.empty() && last.front().code == codes::SNOOZED)
      return say(reasons::SNOOZED,
                 fmt::format("its handler {} asked at {} to be called again {}{}", where_,
                             time_text(last.front().at), in_future(job_.run_at, now_),
                             last.front().message.empty() ? "" : ": " + last.front().message));
    if (!last.empty() && last.front().code == codes::OUT_OF_ORDER)
      return say(
          reasons::OUT_OF_ORDER,
          fmt::format("{}, at {}: {}; it is tried again {}", where_, time_text(last.front().at),
                      last.front().message, in_future(job_.run_at, now_)));
    return say(reasons::SCHEDULED,
               fmt::format("{}; it is due {}", where_, in_future(job_.run_at, now_)));
  }

  explanation waits_for_its_children() const {
    std::int64_t all = 0;
    std::int64_t unfinished = 0;
    for (const auto& [name, count] : job_.children) {
      const auto state = pipeline::parse_job_state(name);
      all += count;
      unfinished += state && !pipeline::has_ended(*state) ? count : 0;
    }
    const auto first = first_unfinished_child(on_, job_.id, 0);
    return say(
        reasons::WAITS_FOR_CHILDREN,
        fmt::format("{}; {} of its {} children have not ended{}", where_, grouped(unfinished),
                    grouped(all), first ? fmt::format(", job {} for one", *first) : ""));
  }

  std::string retry_next() const {
    const auto next = next_of(reasons::RETRY_LATER);
    const auto* known = codes::find(job_.code);
    return known == nullptr ? next
                            : fmt::format("{}; to be rid of {}: {}", next, job_.code, known->next);
  }

  explanation nobody_is_there() const {
    const auto last = std::max_element(
        runtimes_.begin(), runtimes_.end(),
        [](const auto& a, const auto& b) { return a.lease_until < b.lease_until; });
    if (definition() == nullptr && !is_announced(on_, job_.pipeline))
      return nobody_serves_it(0);
    if (last == runtimes_.end())
      return say(reasons::NO_RUNTIME,
                 fmt::format("{}; no runtime has been here in the last day", where_),
                 next_of_unserved(reasons::NO_RUNTIME));
    return say(reasons::RUNTIMES_GONE,
               fmt::format("{}; no runtime is alive: the last one, {}, was until {}", where_,
                           runtime_text(*last), time_text(last->lease_until)),
               next_of_unserved(reasons::RUNTIMES_GONE));
  }

  /// A runtime with this configuration helps only if that knows where the job stands.
  std::string next_of_unserved(std::string_view reason) const {
    if (definition() != nullptr)
      return reason == reasons::STAGE_NOT_SERVED
                 ? "start a runtime with this configuration: `millrace run`, or restart those that "
                   "are alive with it"
                 : next_of(reason);
    return pipelines_.find(job_.pipeline)
               ? fmt::format(
                     "this configuration has no such stage: `millrace move {} --to STAGE` "
                     "where it was renamed, or start a runtime with the configuration that "
                     "has it",
                     job_.id)
               : fmt::format(
                     "this configuration does not know the pipeline: start a runtime with "
                     "the one that does (`millrace run --config FILE`), or `millrace move "
                     "{} --to-pipeline PIPELINE --to STAGE`",
                     job_.id);
  }

  explanation nobody_serves_it(std::size_t alive) const {
    if (!is_announced(on_, job_.pipeline))
      return say(reasons::PIPELINE_UNKNOWN,
                 fmt::format("no runtime has ever announced the pipeline {}", job_.pipeline),
                 definition() == nullptr ? next_of_unserved(reasons::PIPELINE_UNKNOWN)
                                         : next_of(reasons::PIPELINE_UNKNOWN));
    return say(reasons::STAGE_NOT_SERVED,
               fmt::format("{} alive, and none serves stage {} of {}",
                           alive == 1 ? "one runtime is" : fmt::format("{} runtimes are", alive),
                           job_.stage, job_.pipeline),
               next_of_unserved(reasons::STAGE_NOT_SERVED));
  }

  explanation in_turn(const std::vector<runtime_id>& serving, const queue_place& place) const {
    const auto ahead = place.of_higher_priority + place.due_for_longer;
    const auto in_turn = turn_text(place.other_tenants);
    if (ahead == 0 && place.is_whole)
      return say(reasons::NEXT, fmt::format("{}; nothing is in its way: {} claims there{}", where_,
                                            name_of(serving.front()), in_turn));
    if (ahead > queue_place_limit)
      return say(reasons::BEHIND_OTHERS, fmt::format("{}; behind more than {} jobs{}", where_,
                                                     grouped(queue_place_limit), in_turn));
    if (!place.is_whole)
      return say(reasons::BEHIND_OTHERS,
                 fmt::format("{}; behind at least {} jobs: the count stopped there{}", where_,
                             grouped(ahead), in_turn));
    return say(
        reasons::BEHIND_OTHERS,
        fmt::format("{}; behind {} of higher priority and {} due for longer{}", where_,
                    grouped(place.of_higher_priority), grouped(place.due_for_longer), in_turn));
  }

  explanation working() const {
    const auto holder = std::find_if(runtimes_.begin(), runtimes_.end(),
                                     [&](const auto& one) { return one.id == job_.claimed_by; });
    if (holder == runtimes_.end() || holder->lease_until <= now_)
      return is_orphan(
          holder == runtimes_.end()
              ? fmt::format("runtime {}, of which nothing is known", job_.claimed_by.value_or(0))
              : fmt::format("{}, whose lease ran out at {}", runtime_text(*holder),
                            time_text(holder->lease_until)));
    if (job_.cancel_requested)
      return say(reasons::CANCEL_PENDING,
                 fmt::format("its cancellation was requested {}; {} {} has not ended it yet",
                             request_text(), runtime_text(*holder), where_));
    if (!job_.has_begun)
      return say(reasons::CLAIMED,
                 fmt::format("claimed by {} {} since {}; no handler has it: {} go before it",
                             runtime_text(*holder), where_, time_text(job_.updated_at),
                             claimed_before(on_, job_)));
    return say(reasons::WORKING,
               fmt::format("in the hands of {} {} since {}, {}", runtime_text(*holder), where_,
                           time_text(job_.updated_at), attempt_text(job_.attempt + 1)),
               timeout_next());
  }

  std::string timeout_next() const {
    const auto* stage = definition();
    return stage == nullptr
               ? std::string{}
               : fmt::format(
                     "nothing: when its handler takes longer than {}, the attempt ends with "
                     "TIMEOUT",
                     format_duration(stage->timeout));
  }

  explanation is_orphan(const std::string& holder) const {
    const auto alive = living();
    return say(
        reasons::RUNTIME_LOST,
        fmt::format(
            "{} was in the hands of {}; {}{}", where_, holder,
            alive.empty()
                ? "no other runtime is alive to rescue it"
                : fmt::format("{} rescues it within two seconds", runtime_text(alive.front())),
            job_.cancel_requested ? "; that ends it, for its cancellation was requested" : ""),
        alive.empty() ? "start a runtime with `millrace run`: that rescues it at once"
                      : "nothing: it goes on by itself");
  }

  explanation done() const {
    const auto last = landmarks(1);
    const bool has_code = !last.empty() && last.front().type == "finalized";
    return say(
        reasons::DONE,
        fmt::format("done since {}{}", time_text(job_.updated_at),
                    has_code ? fmt::format(", {} with {}", where_,
                                           failure_text(last.front().code, last.front().message))
                             : ""));
  }

  explanation cancelled() const {
    const auto request = request_text();
    return say(reasons::CANCELLED,
               fmt::format("cancelled {} at {}, {}", where_, time_text(job_.updated_at),
                           request.empty() ? job_.message : "requested " + request));
  }

  explanation dead() const {
    if (job_.code == codes::POISON)
      return say(
          reasons::POISONED,
          fmt::format("dead since {} {}: it was in hand each of {} times that a runtime died",
                      time_text(job_.updated_at), where_, job_.crashes));
    if (job_.code.empty())
      return say(reasons::DEAD,
                 fmt::format("dead since {} {}; nothing says why: the row was written with SQL",
                             time_text(job_.updated_at), where_),
                 is_stage_gone() ? move_from_gone(job_)
                                 : with_id("`millrace retry ID` lets it run", job_.id));
    const auto* known = codes::find(job_.code);
    const bool adds = known != nullptr && known->meaning != job_.message;
    return say(reasons::DEAD,
               fmt::format("dead since {} {}{}, with {}{}", time_text(job_.updated_at), where_,
                           job_.code == codes::ROW_INVALID ? "" : ", " + last_attempt_text(),
                           failure_text(job_.code, job_.message),
                           adds ? fmt::format(" ({})", known->meaning) : ""),
               is_stage_gone() ? move_from_gone(job_) : next_of_dead(job_, known));
  }

  /// Who asked for the end of a job that was working, and when; empty without such a request.
  std::string request_text() const {
    constexpr std::int64_t near = 5;
    for (const auto& one : landmarks(near))
      if (one.code == codes::CANCEL_REQUESTED)
        return fmt::format("{} at {}", one.message, time_text(one.at));
    return {};
  }

  /// A rejection ends a job in an attempt that is not counted as failed.
  std::string last_attempt_text() const {
    const auto* stage = definition();
    return stage != nullptr && job_.attempt >= stage->max_attempts
               ? fmt::format("after {} attempt{}", job_.attempt, job_.attempt == 1 ? "" : "s")
               : fmt::format("in {}", attempt_text(job_.attempt + 1));
  }

  std::string attempt_text(int number) const {
    const auto* stage = definition();
    return stage == nullptr ? fmt::format("attempt {}", number)
                            : fmt::format("attempt {} of {}", number, stage->max_attempts);
  }

  const pipeline::stage_definition* definition() const {
    const auto in = pipelines_.find(job_.pipeline);
    if (!in)
      return nullptr;
    const auto& known = pipelines_.at(*in);
    const auto stage = known.find_stage(job_.stage);
    return stage ? &known.stages.at(*stage) : nullptr;
  }

  std::vector<event_record> landmarks(std::int64_t limit) const {
    std::vector<event_record> newest;
    read_events(event_rows(on_, "newest_landmarks").with("job", job_.id).with("limit", limit),
                newest);
    return newest;
  }

  std::vector<runtime_record> living() const {
    auto alive = runtimes_;
    std::erase_if(alive, [&](const auto& one) { return one.lease_until <= now_; });
    return alive;
  }

  std::string name_of(runtime_id id) const {
    for (const auto& one : runtimes_)
      if (one.id == id)
        return runtime_text(one);
    return fmt::format("runtime {}", id);
  }

  connection& on_;
  const pipeline::catalog& pipelines_;
  job_record job_;
  time_point now_;
  const job_rules& rules_;
  std::vector<runtime_record> runtimes_;
  std::string where_;
};

explanation explain_absence(connection& on, job_id job) {
  std::vector<event_record> last;
  read_events(event_rows(on, "newest_landmarks").with("job", job).with("limit", 1), last);
  const auto highest = std::get<0>(on.prepared<std::int64_t>("last_job_id").first().value());
  if (last.empty() && job > highest)
    return {job, reasons::UNKNOWN, fmt::format("there is no job {}", job),
            std::string{reasons::find(reasons::UNKNOWN).next}};
  const auto left = last.empty() ? std::string{"nothing is left of it"}
                                 : fmt::format("its history goes on until {} at least",
                                               time_text(last.front().at));
  return {job, reasons::DELETED, fmt::format("job {} is not there any more; {}", job, left),
          last.empty() ? "submit it again, if need be"
                       : fmt::format("`millrace events --job {}` shows its history", job)};
}

}  // namespace

explanation explain(connection& on, const pipeline::catalog& pipelines, job_id job, time_point now,
                    const job_rules& rules, const std::optional<jobs_in_hand>& hands) {
  return guarded("cannot explain the job", [&] {
    auto found = find_job(on, job);
    if (!found)
      return explain_absence(on, job);
    note_begun(on, {&*found, 1}, hands);
    return case_of_job{on, pipelines, std::move(*found), now, rules}.answer();
  });
}

}  // namespace millrace::storage
