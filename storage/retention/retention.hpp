#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "storage/retention/event_partitions.hpp"
#include "storage/retention/idle_ranges.hpp"
#include "storage/retention/job_archive.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace millrace::storage {

/// How long jobs of a pipeline are kept when they have ended; zero: for ever.
struct kept_times {
  /// Those that are done or cancelled.
  duration finished{0};
  duration dead{0};

  /// The shorter one of those that are not for ever; zero: both are.
  duration shortest() const;
};

/// How long what has ended is kept, zero for ever, and where it goes then.
struct retention_settings {
  /// Jobs that are done or cancelled.
  duration finished = std::chrono::days{30};
  duration dead{0};
  /// Of any job: what happened before that is forgotten.
  duration events = std::chrono::days{30};
  /// What holds for these pipelines, whatever holds for all others.
  std::map<std::string, kept_times, std::less<>> pipelines{};
  /// The folder where jobs are archived before they are deleted; empty for nowhere.
  std::filesystem::path archive{};

  /// The shortest time for which jobs are kept; zero: all are kept for ever.
  duration shortest() const;
  bool keeps_all() const { return shortest().count() == 0 && events.count() == 0; }
  bool archives() const { return !archive.empty() && shortest().count() > 0; }
};

/// The settings, with what holds for each pipeline of the catalog.
retention_settings with_pipelines(retention_settings settings, const pipeline::catalog& pipelines);

/// What one step deleted.
struct cleaned {
  std::int64_t jobs = 0;
  std::int64_t events = 0;
  /// Partitions that went with all their events.
  std::int64_t partitions = 0;
  /// For how long the first of the jobs ought to have been deleted; zero: there was none.
  duration overdue{0};
  /// The pass is not over.
  bool more = false;
};

/// Deletes what has been kept for long enough: jobs with their payloads, and events. It passes over
/// the tables in the order of their ids, a small window a step, so that no index is needed, which
/// every job would have to pay for, and no writer waits long for the database; and it remembers
/// where nothing is to be done for a while. Several runtimes may do so at once. The jobs of a
/// pipeline that the settings do not know are left to the runtime that does, if it was alive within
/// a day.
///
/// With an archive no job is deleted that is not in there, as it is then. Events are kept for a day
/// more, and until the jobs that ended with them are archived.
///
/// A value that remembers how far it is: after a step that threw or was rolled back go on with the
/// value from before it.
class retention {
 public:
  explicit retention(const retention_settings& settings);

  /// One step, part of the transaction that is open, if one is; with an archive none should be, for
  /// it would last while files are written. Throws storage::error, also when jobs cannot be
  /// archived.
  cleaned step(connection& on, time_point now);

 private:
  struct window;

  bool is_turn_of_jobs();
  void begin_pass(connection& on, time_point now);
  bool clean_jobs(connection& on, time_point now, cleaned& into);
  window look(connection& on, time_point now);
  kept_times times_of(const std::string& in) const;
  std::int64_t delete_jobs(connection& on, const std::vector<listed_job>& due, std::int64_t until,
                           time_point now);
  bool clean_events(connection& on, time_point now, cleaned& into);
  time_point events_limit(time_point now) const;

  retention_settings settings_;
  /// Shared by copies: what is in the archive stays there when a step is rolled back.
  std::shared_ptr<job_archive> archive_;

  bool jobs_are_over_ = false;
  /// Those that are kept for ever are over at once.
  bool events_are_over_;
  bool jobs_are_next_ = true;
  std::int64_t after_job_ = 0;
  quiet_ranges quiet_;
  /// Pipelines that other runtimes are configured with.
  std::set<std::string, std::less<>> of_others_;
  time_point pass_began_{};
  event_partitions partitions_;
  bool partitions_are_over_ = false;
  /// Nothing with this id or a lower one is left.
  std::int64_t after_event_ = 0;
  std::int64_t stride_ = 0;
};

}  // namespace millrace::storage
