#pragma once

#include "pipeline/definition.hpp"
#include "storage/children/child_tasks.hpp"
#include "storage/children/child_work.hpp"
#include "storage/claim/claimer.hpp"
#include "storage/claim/claims.hpp"
#include "storage/claim/waiting_notes.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/bulk_control.hpp"
#include "storage/jobs/job_changes.hpp"
#include "storage/jobs/job_context.hpp"
#include "storage/jobs/job_control.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/jobs/rescuer.hpp"
#include "storage/jobs/settler.hpp"
#include "storage/jobs/submitter.hpp"

namespace millrace::storage {

/// The jobs and their events in the database, as one connection reads and writes them: the parts,
/// and what they share. Every change that pipeline::apply decides is fenced by the epoch and
/// written with its effects and its events in one transaction. Calls made while a
/// storage::transaction is open on the connection are a part of it; without one, each is a
/// transaction of its own. All throw storage::error. Not for use by two threads at once.
struct job_store {
  /// The connection and the catalog must outlive the store.
  job_store(connection& on, const pipeline::catalog& pipelines, const job_rules& rules = {})
      : context(on, pipelines, rules) {}
  job_store(const job_store&) = delete;
  job_store& operator=(const job_store&) = delete;

  // What the parts share.
  job_context context;
  storage::claimer claimer{context.on, context.pipelines, context.stages, context.rules};
  waiting_notes waiting{context.pipelines, claimer};
  child_tasks tasks{context.on};
  job_changes changes{context.on, waiting, tasks};

  // A job's life: it is submitted, claimed and settled.
  storage::submitter submitter{context, waiting};
  storage::claims claims{context, claimer, changes, tasks};
  storage::settler settler{context, changes, tasks, submitter};

  // What happens to it besides.
  storage::child_work child_work{context, changes, tasks};
  job_control control{context, changes, child_work};
  bulk_control bulk{context, changes, child_work};
  storage::rescuer rescuer{context, changes};
};

}  // namespace millrace::storage
