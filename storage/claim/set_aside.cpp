#include "storage/claim/set_aside.hpp"

#include "pipeline/transitions.hpp"
#include "storage/children/children.hpp"
#include "storage/claim/key_places.hpp"
#include "storage/db/id_list.hpp"
#include "storage/jobs/change_writer.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::storage {

bool set_aside(connection& on, const pipeline::catalog& pipelines, const stage_map& stages,
               std::span<const bad_row> rows, time_point now, std::vector<job_aside>& into) {
  id_list ids{on.dialect(), rows.size()};
  for (const auto& one : rows)
    ids.add(one.job);
  job_loader loader{pipelines, stages};
  const auto found = loader.load(prepared_jobs(on, "read_jobs").with("ids", ids.finish()));
  std::vector<pending_change> changes;
  changes.reserve(found.size());
  const auto row_of = [&](pipeline::job_id id) {
    return std::find_if(rows.begin(), rows.end(), [id](const auto& one) { return one.job == id; });
  };
  for (const auto& [job, in] : found) {
    auto decided = pipeline::apply(job, pipeline::set_aside{row_of(job.id)->why}, {*in, now});
    if (auto* to = std::get_if<pipeline::change>(&decided))
      changes.push_back({&job, in, std::move(*to), change_result::lost});
  }
  write_changes(on, changes, now);
  std::vector<pipeline::job_id> left;
  for (const auto& one : changes)
    if (one.became == change_result::held)
      left.push_back(one.job->id);
  leave_places(on, left);
  for (const auto& one : changes)
    if (one.became == change_result::held)
      into.push_back({one.job->id, one.in->full_name(one.job->stage), row_of(one.job->id)->why});
  return note_families(on, changes);
}

}  // namespace millrace::storage
