#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/job.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/change_writer.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Jobs that make other jobs, and wait for them. What the change of a job asks of its relatives is
/// written as `family_work` in the transaction of the change, and done by child_work::run.
namespace millrace::storage {

using job_ids = std::set<pipeline::job_id>;

/// What the change of a job asks of a relative.
enum class child_task : std::uint8_t {
  /// The job waits for its children: is it to go on?
  join,
  /// The children of the job are to be cancelled.
  cancel_children,
  /// The job is to be cancelled, as its parent was.
  cancel,
  /// The job is to get another chance, as its parent does.
  send_back,
};

/// As the database names it.
std::string_view to_string(child_task task);
/// Throws storage::error, of kind `schema`, for a name that this millrace does not know.
child_task parse_child_task(std::string_view name);

/// Writes down what has to be done to the jobs; nothing for none.
void add_family_work(connection& on, child_task what, const job_ids& jobs);

/// Writes down what the changes that held ask of parents and children. False when that is nothing.
bool note_families(connection& on, std::span<const pending_change> changes);

/// Those that have children which count.
job_ids parents_among(connection& on, const job_ids& jobs);

/// Of these children, those whose parent is there and not done: sooner or later it may ask for
/// them.
job_ids children_of_unfinished(connection& on, const job_ids& children);

/// The first child at or after that one which has not ended.
std::optional<pipeline::job_id> first_unfinished_child(connection& on, pipeline::job_id parent,
                                                       pipeline::job_id from);

/// Gives each job at a stage that joins its children.
void load_families(connection& on, const pipeline::catalog& pipelines,
                   std::span<pipeline::job> claimed);

/// How many children a job has in a state.
struct child_count {
  /// "deleted" of those that are gone.
  std::string state;
  std::int64_t count = 0;
};

/// The states that children which count are in.
std::vector<child_count> count_children(connection& on, pipeline::job_id parent);

/// Whether the job stands at a stage that joins, and waits for its children.
bool waits_for_children(connection& on, pipeline::job_id parent);

}  // namespace millrace::storage
