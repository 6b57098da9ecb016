#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "pipeline/transitions.hpp"
#include "pipeline/unique.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What is asked of the jobs in the database, and answered.
namespace millrace::storage {

using pipeline::job_id;

/// A name that one job of a pipeline has at a time.
struct unique_key {
  std::string key;
  pipeline::unique_scope holds_while = pipeline::unique_scope::unfinished;
  pipeline::unique_conflict on_conflict = pipeline::unique_conflict::keep;
};

/// A job to be.
struct new_job {
  std::uint16_t pipeline = 0;
  std::uint16_t stage = 0;
  int priority = 0;
  /// Not before; `now` if empty.
  std::optional<time_point> run_at{};
  /// Made from random bits if empty.
  std::string correlation_id{};
  /// JSON; empty for none.
  std::string payload{};
  /// Heeded by submitter::submit() only.
  std::optional<unique_key> unique{};
  /// The tenant of the job; empty for none.
  std::string tenant{};
  std::vector<std::string> tags{};
  /// The job that makes it, and the stage where that one stands; 0 for none.
  job_id parent = 0;
  std::string made_at{};
  /// As pipeline::job has it.
  std::string traceparent{};
  /// Of the pipeline's jobs with the same one only so many are at work at once; empty for none.
  std::string concurrency_key{};
};

/// What became of a job that was submitted.
struct submitted_job {
  enum class submit_result : std::uint8_t {
    made,
    /// Another job has its unique key.
    kept,
    /// The same, and that one has the payload now.
    replaced,
  };
  /// The new job, or the other one.
  job_id id = 0;
  submit_result became = submit_result::made;
};

/// Why nothing was submitted: another job holds the unique key of one.
struct key_is_held {
  /// The position of the job that was not made.
  std::size_t index = 0;
  std::string key;
  job_id holder = 0;
  pipeline::job_state holder_state = pipeline::job_state::queued;
};

/// Why nothing can be submitted to a pipeline now.
struct queue_is_full {
  std::string pipeline;
  std::int64_t limit = 0;
  /// Its unfinished jobs.
  std::int64_t depth = 0;
  /// How long it takes at the speed of late until there is room; empty when no job has ended.
  std::optional<duration> room_in;
};

/// One for each job, in order; or why none was submitted.
using submit_answer = std::variant<std::vector<submitted_job>, key_is_held, queue_is_full>;

/// One thing that happened to one job in this runtime's hands.
struct settlement {
  pipeline::job job;
  pipeline::transition_event what;
  bool carry_on = false;
  /// It could not be written before, for another session held the job.
  bool was_held = false;
};

/// What became of a settlement: the change that was written, or nothing when the fence did not
/// hold (another runtime has the job, or it was cancelled or rescued): then nothing was written.
using settled = std::optional<pipeline::change>;

/// What became of a job that a user changes, or why nothing did.
using control_answer = std::variant<pipeline::change, pipeline::rejection>;

struct rescue_result {
  std::int64_t rescued = 0;
  /// Those of them that are dead now, code POISON.
  std::vector<job_id> poisoned{};
  /// Those of them that are cancelled now, as was asked of them before.
  std::vector<job_id> cancelled{};
  /// How many the database refuses to let be rescued; the others are.
  std::int64_t refused = 0;
};

/// The number of jobs in a state at a stage.
struct stage_count {
  std::string pipeline;
  std::string stage;
  pipeline::job_state state;
  std::int64_t count = 0;
};

}  // namespace millrace::storage
