#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/job.hpp"
#include "pipeline/outcome.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// THE transition table: what becomes of a job when something happens to it. Nothing else in
/// millrace decides a state; the store writes what this function answers, and docs/state-machine.md
/// is rendered from it.
namespace millrace::pipeline {

// What happens to a job besides the outcomes of its handler (pipeline/outcome.hpp).

/// A runtime takes the job.
struct claim {};
/// The handler did not answer in the stage's timeout.
struct time_out {};
/// The runtime gives the job back unfinished.
struct release {
  std::string why{};
};
/// The runtime that held the job died. Charged as a crash when it was at work on this job.
struct rescue {
  bool was_in_hand = true;
};
/// An order to end the job.
struct cancel {
  std::string by;
};
/// An order to send an ended job back to a stage.
struct replay {
  std::string from_stage;
  std::string by;
};
/// An order to run a waiting job now; or to send an ended one, whose cause is fixed, back to the
/// stage where it stands.
struct retry_now {
  std::string by;
};

/// An operator sends a job that waits, or has died, to another stage of its pipeline, as after a
/// deploy that renamed the one where it stands.
struct move {
  std::string to_stage;
  std::string by;
};

/// What a job waits for at the stage of this handler may have come. Unlike retry_now it is said by
/// a program, which cannot know how the job stands now.
struct run_now {
  std::string handler;
  std::string by;
};

/// The row of a job that waits has a value that no job can have: it can never be claimed.
struct set_aside {
  std::string why;
};

using transition_event =
    std::variant<claim, advance, proceed, finish, retry, snooze, reject, time_out, release, rescue,
                 cancel, replay, retry_now, move, run_now, set_aside>;

enum class event_type : std::uint8_t {
  stage_started,
  stage_done,
  retry,
  error,
  finalized,
  control
};
enum class severity : std::uint8_t { info, warning, error };

std::string_view to_string(event_type type);
std::string_view to_string(severity level);

/// What the history of a job says of a change. `stage` is where the job stood when it happened.
struct event {
  event_type type = event_type::control;
  severity level = severity::info;
  std::uint16_t stage = 0;
  std::string code;
  std::string message;
};

/// The job's new place, and what to tell. Every field is the new value. The epoch is one higher,
/// except for a request to cancel a working job, whose handler must still be able to settle.
struct change {
  std::uint16_t stage = 0;
  job_state state = job_state::queued;
  std::int64_t epoch = 0;
  int attempt = 0;
  int crashes = 0;
  bool cancel_requested = false;
  time_point run_at{};
  /// At least one.
  std::vector<event> events;
};

/// The transition_event is not in the table for the job's state.
struct rejection {
  std::string why;
};

/// What the table needs to know beside the job and the transition_event.
struct transition_context {
  const definition& pipeline;
  time_point now;
  /// An advancing job stays in this runtime's hands.
  bool carry_on = false;
  /// Deaths of a runtime with the job in hand after which the job is dead.
  int crash_limit = 3;
};

/// The change that the transition_event makes to the job, or why there is none. Pure.
std::variant<change, rejection> apply(const job& j, const transition_event& what,
                                      const transition_context& at);

/// The wait before attempt `attempt + 1`: base * 2^attempt, at most cap, give or take a tenth that
/// depends on `seed` only.
duration backoff(const backoff_policy& policy, int attempt, std::uint64_t seed);

}  // namespace millrace::pipeline
