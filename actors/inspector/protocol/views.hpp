#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What an inspector tells of a runtime. A new field is named once more in json_fields.hpp, from
/// where it gets onto the wire and into the documents of `inspect --json`, and filled in
/// build_views.cpp or build_rows.cpp. Times are microseconds: of the clock on the wall where the
/// name ends in `at_us`, else durations. Zero means never, or none, where nothing else is said.
namespace millrace::actors {

struct runtime_view {
  /// Of the row in the database; 0 before there is one.
  std::int64_t runtime_id = 0;
  std::string host;
  std::int64_t pid = 0;
  std::string version;
  std::int64_t started_at_us = 0;
  /// "sqlite" or "postgres".
  std::string database;
  std::string data_dir;
  /// "starting", "running", "restarting" (its core crashed), "draining" or "stopping".
  std::string phase;
  /// "healthy", "degraded" or "unhealthy".
  std::string health;
  /// Jobs that it may hold at once, and those that wait or are at work in its stages.
  std::int64_t in_flight_limit = 0;
  std::int64_t in_hand = 0;
  /// Calls of handlers that ended, by all stages, in the last ten seconds.
  std::int64_t ended_in_10_s = 0;
};

struct actor_view {
  std::string name;
  /// "starting", "working", "crashed" or "stopped".
  std::string state;
  std::int64_t restarts = 0;
  std::string last_crash;
  std::int64_t depth = 0;
  std::int64_t peak = 0;
  std::int64_t handled = 0;
  std::int64_t busy_us = 0;
  /// How long it has had the message in hand; 0 when it has none.
  std::int64_t message_age_us = 0;
  /// Of a stage: how long the slowest call of its handler that goes on now has gone on; 0 when none
  /// does.
  std::int64_t call_age_us = 0;
};

struct actors_view {
  std::vector<actor_view> actors;
};

/// Jobs in the database, in all runtimes.
struct job_counts {
  std::int64_t queued = 0;
  std::int64_t working = 0;
  std::int64_t retryable = 0;
  std::int64_t done = 0;
  std::int64_t deadletter = 0;
  std::int64_t cancelled = 0;
};

struct stage_view {
  std::string pipeline;
  std::string stage;
  job_counts jobs;
  std::int64_t paused_at_us = 0;
  std::string paused_by;
  /// In this runtime: jobs that wait for a free thread, jobs given to the handler, and handlers
  /// that may be at work at once.
  std::int64_t waiting_here = 0;
  std::int64_t at_work_here = 0;
  std::int64_t concurrency = 0;
  /// Of this runtime: jobs that came back from the handler, in all and in the last ten seconds, and
  /// within how long half and 99 of 100 of the latter did.
  std::int64_t ended = 0;
  std::int64_t ended_in_10_s = 0;
  std::int64_t p50_us = 0;
  std::int64_t p99_us = 0;
  /// How long the slowest call of the handler that goes on now has gone on.
  std::int64_t call_age_us = 0;
};

struct stages_view {
  /// When `jobs` and `paused` were true; 0 when nothing has been counted yet.
  std::int64_t counted_at_us = 0;
  /// Why they could not be read lately; empty when they could.
  std::string trouble;
  std::vector<stage_view> stages;
};

struct health_view {
  std::string state;
  /// A sentence for each thing that is wrong.
  std::vector<std::string> reasons;
};

struct runtime_row {
  std::int64_t runtime_id = 0;
  std::string host;
  std::int64_t pid = 0;
  std::string version;
  std::int64_t started_at_us = 0;
  std::int64_t lease_until_us = 0;
  /// Its lease has not run out.
  bool alive = false;
  /// It ended in order, or another one has taken over its jobs.
  bool ended = false;
  /// The one that answers.
  bool self = false;
};

struct runtimes_view {
  std::int64_t read_at_us = 0;
  std::string trouble;
  std::vector<runtime_row> runtimes;
};

/// A place where a service is reached.
struct endpoint_view {
  std::string url;
  /// Its circuit breaker: "closed", "open" or "half-open".
  std::string breaker;
  /// Whether it is in order: its breaker is closed, and the last probe found nothing wrong.
  bool is_well = false;
  /// Since when it is so.
  std::int64_t since_us = 0;
  /// Empty when nothing is wrong.
  std::string why;
};

/// A service that is reached over a network.
struct service_view {
  std::string name;
  /// "healthy", "degraded" (some of its endpoints are out) or "unhealthy".
  std::string state;
  std::int64_t since_us = 0;
  std::vector<endpoint_view> endpoints;
};

struct services_view {
  /// Why they are not known; empty when they are.
  std::string trouble;
  /// None where everything is done in the runtime itself.
  std::vector<service_view> services;
};

/// How far a handler of this runtime says it is with the job in its hands.
struct progress_view {
  std::int64_t job = 0;
  /// Thousandths of a percent; nothing when it does not say.
  std::optional<std::int64_t> percent_thousandths;
  std::string message;
  /// How long ago it said so.
  std::int64_t age_us = 0;
};

/// Children of a job that are in one state.
struct children_row {
  /// "deleted" of those that are gone.
  std::string state;
  std::int64_t count = 0;
};

/// A job as it stands in the database.
struct job_row {
  pipeline::job_id id = 0;
  std::string pipeline;
  std::string stage;
  pipeline::job_state state = pipeline::job_state::queued;
  std::int64_t epoch = 0;
  int attempt = 0;
  int crashes = 0;
  int priority = 0;
  time_point run_at;
  time_point created_at;
  time_point updated_at;
  /// The runtime that has it.
  std::optional<std::int64_t> claimed_by;
  /// False where a runtime has claimed it, no handler has begun it, and that is known.
  bool has_begun = true;
  bool cancel_requested = false;
  std::string correlation_id;
  /// In lists, empty where it is long.
  std::string payload;
  /// In lists, empty.
  std::string output;
  /// The last code and message; empty when nothing went wrong.
  std::string code;
  std::string message;
  /// Empty where the job has none.
  std::string unique_key;
  std::string tenant;
  /// A JSON list of texts.
  std::string tags;
  /// The job that made it; 0 for none.
  pipeline::job_id parent = 0;
  std::string concurrency_key;
  /// Of the submitter's trace, or of the handler's that made it; empty for none.
  std::string traceparent;
  /// Those that count, by their states; in lists, empty.
  std::vector<children_row> children;
};

/// Something that happened to a job, or that was ordered of a runtime.
struct event_row {
  std::int64_t id = 0;
  /// 0 where it is about no job.
  pipeline::job_id job = 0;
  std::string pipeline;
  std::string stage;
  std::string type;
  std::string severity;
  std::string code;
  std::string message;
  std::int64_t epoch = 0;
  int attempt = 0;
  time_point at;
  std::string correlation_id;
};

/// Jobs that match a filter, the newest first.
struct jobs_view {
  /// Why they could not be read; empty when they could.
  std::string trouble;
  std::vector<job_row> jobs;
  /// Of those whose handlers, in this runtime, have said something.
  std::vector<progress_view> progress;
};

/// One job, with why it waits or failed, and its history.
struct job_view {
  std::string trouble;
  /// Nothing when there is no such job.
  std::optional<job_row> job;
  /// Nothing when its handler has said nothing, or another runtime works on it.
  std::optional<progress_view> progress;
  /// Why it waits, works or has ended: a name for programs, the sentence, and what to do. They are
  /// there also when the job is not.
  std::string reason;
  std::string text;
  std::string next;
  std::vector<event_row> events;
};

struct events_view {
  std::string trouble;
  /// The oldest first.
  std::vector<event_row> events;
  /// A client that asks for what comes after it misses no event and gets none twice.
  std::int64_t next_after = 0;
};

/// What a client wants changed.
enum class order : std::uint8_t { pause, resume, cancel, retry, replay, drain, stop };

/// Every order, in the order of the enumeration.
inline constexpr std::array all_orders{order::pause,  order::resume, order::cancel, order::retry,
                                       order::replay, order::drain,  order::stop};

constexpr std::string_view to_string(order what) {
  constexpr std::array names{"pause", "resume", "cancel", "retry", "replay", "drain", "stop"};
  return names[static_cast<std::size_t>(what)];
}

struct change_order {
  /// Alone it is refused, for it names no stage.
  order what = order::pause;
  /// pause, resume.
  std::string pipeline;
  /// pause, resume, and replay: from there.
  std::string stage;
  /// cancel, retry, replay.
  std::int64_t job = 0;
  /// The user that orders it, for the history.
  std::string by;
};

/// What became of it.
struct order_answer {
  bool done = false;
  /// A sentence: what has happened, or why nothing has.
  std::string text;
};

/// Dead jobs that were not sent back for one reason.
struct refused_jobs {
  std::string why;
  std::int64_t count = 0;
};

/// What became of a piece of the dead jobs.
struct sent_back_view {
  /// Why it could not be tried; empty when it could.
  std::string trouble;
  std::int64_t replayed = 0;
  /// No longer dead, or dead again.
  std::int64_t changed = 0;
  std::vector<refused_jobs> refused;
  /// The id after which to go on; 0 when there are no more.
  std::int64_t next_after = 0;
};

}  // namespace millrace::actors
