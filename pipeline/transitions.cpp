#include "pipeline/transitions.hpp"

#include "base/bounds.hpp"
#include "base/seeded_fault.hpp"
#include "pipeline/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::pipeline {
namespace {

using answer = std::variant<change, rejection>;

/// The rows of the table. Each member is one transition_event; `operator()` picks it.
class table {
 public:
  table(const job& j, const transition_context& at) : job_(j), at_(at) {}

  answer operator()(const claim&) const {
    if (job_.state != job_state::queued && job_.state != job_state::retryable)
      return refuse("claimed");
    if (job_.run_at > at_.now)
      return rejection{"its time has not come"};
    auto to = next(job_state::working);
    to.events = {say(event_type::stage_started)};
    return to;
  }

  answer operator()(const advance& what) const {
    return while_working("advanced", [&]() -> answer {
      if (const auto wrong = wrong_target(what.to))
        return rejection{*wrong};
      const auto target = what.to.empty() ? job_.stage + 1U : *at_.pipeline.find_stage(what.to);
      if (target == at_.pipeline.stages.size())
        return end(job_state::done, {say(event_type::stage_done)}, severity::info, {}, {});
      if (job_.cancel_requested)
        return cancelled("requested while it was working");
      auto to = next(at_.carry_on ? job_state::working : job_state::queued);
      if (at_.carry_on && MILLRACE_SEEDED_FAULT("carried on with the old epoch"))
        to.epoch = job_.epoch;
      to.stage = static_cast<std::uint16_t>(target);
      to.attempt = 0;
      to.crashes = MILLRACE_SEEDED_FAULT("crashes are never forgotten") ? job_.crashes : 0;
      to.events = {say(event_type::stage_done)};
      return to;
    });
  }

  answer operator()(const proceed&) const {
    return unless_cancelled("carried on", [&] {
      auto to = next(at_.carry_on ? job_state::working : job_state::queued);
      to.attempt = 0;
      to.crashes = 0;
      to.events = {say(event_type::control, severity::info, codes::PROGRESS)};
      return to;
    });
  }

  answer operator()(const finish& what) const {
    return while_working("finished", [&] {
      return end(job_state::done, {say(event_type::stage_done)}, severity::info, what.code,
                 what.why);
    });
  }

  answer operator()(const retry& what) const {
    return unless_cancelled("retried", [&] { return fail(what.code, what.why, what.after); });
  }

  answer operator()(const time_out&) const {
    return unless_cancelled("timed out", [&] {
      const auto limit = std::chrono::duration<double>(stage().timeout).count();
      return fail(codes::TIMEOUT, fmt::format("the handler took longer than {:g} s", limit), {});
    });
  }

  answer operator()(const reject& what) const {
    return unless_cancelled("rejected", [&] { return dead(what.code, what.why); });
  }

  answer operator()(const snooze& what) const {
    return unless_cancelled("snoozed", [&] {
      auto to = next(job_state::queued);
      to.attempt += MILLRACE_SEEDED_FAULT("snooze charged") ? 1 : 0;
      to.run_at = std::clamp(what.until, bounds::earliest, bounds::latest);
      to.events = {what.code.empty()
                       ? say(event_type::control, severity::info, codes::SNOOZED, what.why)
                       : say(event_type::control, severity::warning, what.code, what.why)};
      return to;
    });
  }

  answer operator()(const release& what) const {
    return unless_cancelled("released", [&] {
      auto to = next(job_state::queued);
      to.attempt += MILLRACE_SEEDED_FAULT("release charged") ? 1 : 0;
      to.events = {say(event_type::control, severity::info, codes::RELEASED, what.why)};
      return to;
    });
  }

  answer operator()(const rescue& what) const {
    return unless_cancelled("rescued", [&] {
      const int crashes = job_.crashes + (what.was_in_hand ? 1 : 0);
      if (what.was_in_hand && crashes >= at_.crash_limit &&
          !MILLRACE_SEEDED_FAULT("poison has no limit")) {
        auto to =
            dead(codes::POISON, fmt::format("in hand each of {} times a runtime died", crashes));
        to.crashes = crashes;
        return to;
      }
      auto to = next(job_state::queued);
      to.crashes = crashes;
      to.events = {say(event_type::control, severity::warning, codes::RESCUED)};
      return to;
    });
  }

  answer operator()(const cancel& what) const {
    if (job_.state == job_state::done || job_.state == job_state::cancelled)
      return refuse("cancelled");
    if (job_.state != job_state::working)
      return cancelled("by " + what.by);
    if (job_.cancel_requested)
      return rejection{"its cancellation is requested already"};
    auto to = next(job_state::working);
    to.epoch = job_.epoch;
    to.cancel_requested = true;
    to.events = {
        say(event_type::control, severity::warning, codes::CANCEL_REQUESTED, "by " + what.by)};
    return to;
  }

  answer operator()(const replay& what) const {
    if (!has_ended(job_.state))
      return refuse("replayed");
    const auto from = at_.pipeline.find_stage(what.from_stage);
    if (!from)
      return rejection{
          fmt::format("pipeline {} has no stage '{}'", at_.pipeline.name, what.from_stage)};
    auto to = next(job_state::queued);
    to.stage = *from;
    to.attempt = 0;
    to.crashes = 0;
    to.run_at = at_.now;
    to.events = {say(event_type::control, severity::info, codes::REPLAYED,
                     fmt::format("from {} by {}", what.from_stage, what.by))};
    return to;
  }

  answer operator()(const retry_now& what) const {
    if (job_.state == job_state::deadletter || job_.state == job_state::cancelled)
      return (*this)(replay{stage().name, what.by});
    if (has_ended(job_.state) || job_.state == job_state::working)
      return refuse("retried");
    if (job_.run_at <= at_.now)
      return rejection{"its time has come already: it waits for a runtime"};
    auto to = next(job_.state);
    to.run_at = at_.now;
    to.events = {say(event_type::control, severity::info, codes::HASTENED, "by " + what.by)};
    return to;
  }

  answer operator()(const move& what) const {
    if (job_.state == job_state::working)
      return rejection{"a job that is working is left alone: move it when it waits again"};
    if (job_.state != job_state::deadletter && has_ended(job_.state))
      return refuse("moved");
    const auto to_stage = at_.pipeline.find_stage(what.to_stage);
    if (!to_stage)
      return rejection{
          fmt::format("pipeline {} has no stage '{}'", at_.pipeline.name, what.to_stage)};
    if (*to_stage == job_.stage && job_.state != job_state::deadletter)
      return rejection{fmt::format("it waits at {} already", what.to_stage)};
    auto to = next(job_state::queued);
    to.stage = *to_stage;
    to.attempt = 0;
    to.crashes = 0;
    // What its submitter or its handler asked for holds; a failure at the other stage is over.
    if (job_.state != job_state::queued)
      to.run_at = at_.now;
    to.events = {say(event_type::control, severity::info, codes::MOVED,
                     fmt::format("from {} to {} by {}", stage().name, what.to_stage, what.by))};
    return to;
  }

  answer operator()(const run_now& what) const {
    if (job_.state != job_state::queued)
      return refuse("run now");
    if (stage().handler != what.handler)
      return rejection{fmt::format("it does not wait for {}", what.handler)};
    return (*this)(retry_now{what.by});
  }

  answer operator()(const set_aside& what) const {
    if (job_.state != job_state::queued && job_.state != job_state::retryable)
      return refuse("set aside");
    return dead(codes::ROW_INVALID, what.why);
  }

 private:
  const stage_definition& stage() const { return at_.pipeline.stages.at(job_.stage); }

  /// The same job in another state, one write later; a request to cancel it is settled by that.
  change next(job_state to) const {
    return {.stage = job_.stage,
            .state = to,
            // Only a row that was written with SQL has the highest; fences ask for the same epoch.
            .epoch = job_.epoch < bounds::highest_epoch ? job_.epoch + 1 : 1,
            .attempt = job_.attempt,
            .crashes = job_.crashes,
            .cancel_requested = false,
            .run_at = job_.run_at,
            .events = {}};
  }

  event say(event_type type, severity level = severity::info, std::string_view code = {},
            std::string message = {}) const {
    return {type, level, job_.stage, std::string{code}, std::move(message)};
  }

  answer refuse(std::string_view verb) const {
    return rejection{fmt::format("a job that is {} cannot be {}", to_string(job_.state), verb)};
  }

  template <class Row>
  answer while_working(std::string_view verb, Row row) const {
    return job_.state == job_state::working ? answer{row()} : refuse(verb);
  }

  /// For whatever would leave the job unfinished: a requested cancellation takes its place.
  template <class Row>
  answer unless_cancelled(std::string_view verb, Row row) const {
    return while_working(verb, [&]() -> answer {
      return job_.cancel_requested && !MILLRACE_SEEDED_FAULT("cancellation ignored")
                 ? cancelled("requested while it was working")
                 : answer{row()};
    });
  }

  std::optional<std::string> wrong_target(const std::string& to) const {
    if (to.empty())
      return std::nullopt;
    const auto target = at_.pipeline.find_stage(to);
    if (!target)
      return fmt::format("pipeline {} has no stage '{}'", at_.pipeline.name, to);
    if (*target <= job_.stage)
      return fmt::format("stage {} does not come after {}", to, stage().name);
    return std::nullopt;
  }

  change end(job_state to, std::vector<event> events, severity level, std::string_view code,
             std::string message) const {
    auto ended = next(to);
    ended.events = std::move(events);
    ended.events.push_back(say(event_type::finalized, level, code, std::move(message)));
    return ended;
  }

  change cancelled(std::string why) const {
    return end(job_state::cancelled, {}, severity::warning, codes::CANCELLED, std::move(why));
  }

  change dead(std::string_view code, const std::string& why) const {
    return end(job_state::deadletter, {say(event_type::error, severity::error, code, why)},
               severity::error, code, why);
  }

  change fail(std::string_view code, const std::string& why, std::optional<duration> after) const {
    const int failures = job_.attempt + 1;
    if (failures >= stage().max_attempts && !MILLRACE_SEEDED_FAULT("retries have no limit")) {
      auto to = dead(code, why);
      to.attempt = failures;
      return to;
    }
    auto to = next(job_state::retryable);
    to.attempt = failures;
    const auto seed =
        static_cast<std::uint64_t>(job_.id) * 31 + static_cast<std::uint64_t>(job_.epoch);
    to.run_at = at_.now + (after ? std::clamp(*after, duration{0}, bounds::longest_delay)
                                 : backoff(stage().backoff, job_.attempt, seed));
    to.events = {say(event_type::retry, severity::warning, code, why)};
    return to;
  }

  const job& job_;
  const transition_context& at_;
};

}  // namespace

std::string_view to_string(event_type type) {
  constexpr std::array names{"stage_started", "stage_done", "retry",
                             "error",         "finalized",  "control"};
  return names.at(static_cast<std::size_t>(type));
}

std::string_view to_string(severity level) {
  constexpr std::array names{"info", "warning", "error"};
  return names.at(static_cast<std::size_t>(level));
}

std::variant<change, rejection> apply(const job& j, const transition_event& what,
                                      const transition_context& at) {
  return std::visit(table{j, at}, what);
}

duration backoff(const backoff_policy& policy, int attempt, std::uint64_t seed) {
  // 2^30 * 1 us is past any sensible cap, and the shift stays far from overflow.
  const auto factor = std::int64_t{1} << std::clamp(attempt, 0, 30);
  const auto wait = policy.base.count() > policy.cap.count() / factor
                        ? policy.cap.count()
                        : policy.base.count() * factor;
  // splitmix64: neighbouring seeds give unrelated jitter.
  auto mixed = seed + 0x9e3779b97f4a7c15ULL;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  mixed ^= mixed >> 31;
  const auto thousandths = 900 + static_cast<std::int64_t>(mixed % 201);
  return duration{wait / 1000 * thousandths + wait % 1000 * thousandths / 1000};
}

}  // namespace millrace::pipeline
