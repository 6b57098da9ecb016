#pragma once

#include "actors/webhook_listener.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/time.hpp"
#include "storage/database.hpp"

#include <memory>

namespace millrace::actors {

/// What a webhook does: lets a job that waits for the parser's service run now. It has a connection
/// to the database of its own; one that is lost is replaced at the next call. Used by one thread at
/// a time.
class job_hastener {
 public:
  /// The catalog and the clock must outlive it.
  job_hastener(storage::database_settings database, const pipeline::catalog& pipelines,
               int crash_limit, const pipeline::clock& time);
  ~job_hastener();
  job_hastener(const job_hastener&) = delete;
  job_hastener& operator=(const job_hastener&) = delete;

  /// Throws storage::error.
  called_job hasten(pipeline::job_id id);

 private:
  struct link;

  const storage::database_settings database_;
  const pipeline::catalog& pipelines_;
  const int crash_limit_;
  const pipeline::clock& time_;
  std::unique_ptr<link> link_;
};

}  // namespace millrace::actors
