#pragma once

#include "actors/inspector/protocol/requests.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/jobs/types.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// What is in the database at one moment.
struct figures {
  time_point at;
  std::vector<storage::stage_count> counts;
  std::vector<storage::paused_stage> paused;
  /// How long the counting took.
  duration took{0};
};

/// A connection to the database for an inspector, without any actor: it counts, and writes
/// what people ask for. A connection that is lost is replaced at the next
/// call. Used by one thread at a time. All throw storage::error.
class inspector_queries {
 public:
  /// The catalog and the clock must outlive it.
  inspector_queries(storage::database_settings database, std::filesystem::path data_dir,
                    const pipeline::catalog& pipelines, const storage::job_rules& rules,
                    const millrace::clock& time);
  ~inspector_queries();
  inspector_queries(const inspector_queries&) = delete;
  inspector_queries& operator=(const inspector_queries&) = delete;

  /// Counts every job, unless the database has not changed since the last time.
  figures count();
  std::vector<storage::runtime_record> runtimes();
  /// Without outputs and long payloads; at most `most_records`, as all lists.
  jobs_view jobs(const get_jobs& filter);
  job_view job(pipeline::job_id id);
  events_view events(const get_events& filter);
  sent_back_view send_back(const send_back_dead& what);
  /// The order is one about jobs or stages.
  order_answer carry_out(const change_order& what);
  /// Writes down an order that others carry out.
  void record(const std::string& what);

 private:
  struct link;
  template <class Work>
  auto with_database(Work&& work);

  const storage::database_settings database_;
  const std::filesystem::path data_dir_;
  const pipeline::catalog& pipelines_;
  const storage::job_rules rules_;
  const millrace::clock& time_;
  std::unique_ptr<link> link_;
};

}  // namespace millrace::actors
