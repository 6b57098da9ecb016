#pragma once

#include "base/time.hpp"
#include "storage/children/children.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/types.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What people ask about jobs; read only, and without a catalog: names as they stand in the
/// database. All throw storage::error.
namespace millrace::storage {

struct job_record {
  job_id id = 0;
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
  std::optional<runtime_id> claimed_by;
  /// False where a runtime has claimed it, no handler has begun it, and that is known (note_begun).
  bool has_begun = true;
  bool cancel_requested = false;
  std::string correlation_id;
  std::string payload;
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
  job_id parent = 0;
  /// Empty where the job has none.
  std::string concurrency_key;
  /// Of the submitter's trace, or of the handler's that made it; empty for none.
  std::string traceparent;
  /// Those that count, by their states; list_jobs() does not read them.
  std::vector<child_count> children;
};

struct event_record {
  std::int64_t id = 0;
  job_id job = 0;
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

struct job_filter {
  std::optional<pipeline::job_state> state{};
  std::string pipeline{};
  std::string stage{};
  std::int64_t limit = 50;
  std::string tenant{};
  /// One that the job has, among others perhaps.
  std::string tag{};
  /// The last that the job met with.
  std::string code{};
  std::string unique_key{};
  std::string correlation_id{};
  std::optional<time_point> created_since{};
  std::optional<time_point> created_before{};
  /// Only jobs with a smaller id.
  job_id before = std::numeric_limits<job_id>::max();
};

/// Some of the jobs that match, the newest first.
struct job_page {
  std::vector<job_record> jobs;
  /// The filter's `before` of the next page; nothing when there are no more.
  std::optional<job_id> next_before;
};

struct event_filter {
  std::optional<job_id> job{};
  /// Empty for any.
  std::string code{};
  /// Events with a higher id.
  std::int64_t after = 0;
  /// And none with an id above this.
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
  std::int64_t limit = 1000;
};

std::optional<job_record> find_job(connection& on, job_id id);
/// Those of them that there are, in the order of their ids, which is also that of `jobs`.
std::vector<job_record> find_jobs(connection& on, const std::vector<job_id>& jobs);
/// The children of a job with a higher id than `after`, the oldest first.
std::vector<job_record> list_children(connection& on, job_id parent, job_id after,
                                      std::int64_t limit);
/// The newest first. It looks at jobs in the order of their ids, for no index has what a filter may
/// ask: among millions of jobs that do not match it takes long.
std::vector<job_record> list_jobs(connection& on, const job_filter& filter);
/// The same, for about as long as `patience` says: then the page is not full, and the next one goes
/// on.
job_page read_job_page(connection& on, const job_filter& filter, duration patience);
/// The oldest first, as far as they can be seen now: on a shared database, one with a smaller id
/// may yet come. A reader that must not miss any asks an event_follower.
std::vector<event_record> list_events(connection& on, const event_filter& filter);
/// Events as list_events() gives them, and up to where they were looked for.
struct event_slice {
  std::vector<event_record> events;
  std::int64_t read = 0;
};
/// The same, for about as long as `patience` says.
event_slice read_slice(connection& on, const event_filter& filter, duration patience);
/// The highest id that an event has, or will have when its transaction is committed; 0 when there
/// is none.
std::int64_t last_event_id(connection& on);
/// Of the jobs named, those that are done, dead or cancelled, and those that are not there.
std::set<job_id> ended_among(connection& on, const std::vector<job_id>& jobs);
/// Of the jobs named, those that are not done, dead or cancelled.
std::int64_t count_unfinished(connection& on, const std::vector<job_id>& jobs);

}  // namespace millrace::storage
