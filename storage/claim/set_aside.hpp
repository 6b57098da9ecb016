#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rows.hpp"

#include <span>
#include <string>
#include <vector>

namespace millrace::storage {

/// A row of a job that waits and can never be claimed, and why.
struct bad_row {
  pipeline::job_id job = 0;
  std::string why;
};

/// A job that is dead with ROW_INVALID.
struct job_aside {
  pipeline::job_id job = 0;
  /// PIPELINE.STAGE
  std::string place;
  std::string why;
};

/// Makes the jobs dead, as pipeline::set_aside says, as far as they still wait, and adds those to
/// `into`. Answers whether that asks something of relatives.
bool set_aside(connection& on, const pipeline::catalog& pipelines, const stage_map& stages,
               std::span<const bad_row> rows, time_point now, std::vector<job_aside>& into);

}  // namespace millrace::storage
