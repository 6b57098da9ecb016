#include "pipeline/check_made_job.hpp"

#include "base/bounds.hpp"
#include "pipeline/job_fields.hpp"

#include <fmt/format.h>

namespace millrace::pipeline {

void check(const made_job& what) {
  read_label("pipeline", what.pipeline);
  if (!what.unique.empty())
    read_label("unique key", what.unique);
  else if (what.unique_while != unique_scope::unfinished ||
           what.on_conflict != unique_conflict::keep)
    throw bad_field{"`unique_while` and `on_conflict` go with `unique`"};
  if (what.on_conflict == unique_conflict::reject)
    throw bad_field{"`on_conflict` is `reject`, which a handler's answer cannot be"};
  if (what.correlation_id)
    read_label("correlation id", *what.correlation_id);
  if (what.tenant && !what.tenant->empty())
    read_label("tenant", *what.tenant);
  if (what.tags.size() > bounds::most_tags)
    throw bad_field{fmt::format("a job has {} tags at most", bounds::most_tags)};
  for (const auto& tag : what.tags)
    read_label("tag", tag);
  if (what.run_at && (*what.run_at < bounds::earliest || *what.run_at > bounds::latest))
    throw bad_field{"`at` is no time from 1970 to 9999"};
}

}  // namespace millrace::pipeline
