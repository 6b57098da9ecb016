#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/transitions.hpp"
#include "storage/children/child_tasks.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace millrace::storage {

/// Does what ends, cancellations and replays ask of the relatives of their jobs: a job whose last
/// child has ended goes on, children are cancelled or sent back.
class child_work {
 public:
  /// All must outlive it.
  child_work(const job_context& context, job_changes& changes, child_tasks& tasks)
      : context_(context), changes_(changes), tasks_(tasks) {}

  /// Does some of it. Waits for no other transaction. Throws storage::error.
  void run(time_point now);

  /// The same, in a few rounds: for a change that a user waits for.
  void run_at_once(time_point now);

  /// Something is left for run(), as far as this connection knows.
  bool is_left() const { return tasks_.are_left(); }

  /// The job was sent back to that stage: children that it makes again from there on are replaced,
  /// and those that it made before get another chance.
  void reach_children(pipeline::job_id parent, const pipeline::definition& in, std::uint16_t from);

 private:
  void change_relatives(child_task task, const job_ids& jobs, time_point now);
  std::optional<pipeline::transition_event> asked_of(child_task task, const pipeline::job& job,
                                                     const pipeline::definition& in,
                                                     time_point now);
  bool has_unfinished_child(pipeline::job_id parent);

  const job_context& context_;
  job_changes& changes_;
  child_tasks& tasks_;
  /// Of parents: where the next look for an unfinished child begins.
  std::map<pipeline::job_id, pipeline::job_id> last_unfinished_;
};

}  // namespace millrace::storage
