#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/transitions.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rows.hpp"
#include "storage/jobs/job_rules.hpp"

#include <utility>

namespace millrace::storage {

/// What all that reads and writes the jobs of one connection goes by. Nothing in it changes.
struct job_context {
  /// The connection and the catalog must outlive it.
  job_context(connection& database, const pipeline::catalog& catalog, job_rules all_rules)
      : on(database), pipelines(catalog), rules(std::move(all_rules)), stages(catalog) {}
  job_context(const job_context&) = delete;
  job_context& operator=(const job_context&) = delete;

  /// For pipeline::apply.
  pipeline::transition_context at(const pipeline::definition& in, time_point now,
                                  bool carry_on = false) const {
    return {in, now, carry_on, rules.crash_limit};
  }

  connection& on;
  const pipeline::catalog& pipelines;
  const job_rules rules;
  const stage_map stages;
};

}  // namespace millrace::storage
