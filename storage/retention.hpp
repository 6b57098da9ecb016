#pragma once

#include "pipeline/time.hpp"
#include "storage/database.hpp"

#include <chrono>
#include <cstdint>

namespace millrace::storage {

/// How long what has ended is kept; zero: for ever.
struct retention_settings {
  /// Jobs that are done or cancelled.
  pipeline::duration finished = std::chrono::days{30};
  pipeline::duration dead{0};
  /// Of any job: what happened before that is forgotten.
  pipeline::duration events = std::chrono::days{30};

  bool keeps_all() const {
    return finished.count() == 0 && dead.count() == 0 && events.count() == 0;
  }
};

/// What one step deleted.
struct cleaned {
  std::int64_t jobs = 0;
  std::int64_t events = 0;
  /// The pass is not over.
  bool more = false;
};

/// Deletes what has been kept for long enough: jobs with their payloads, and events. It passes over
/// the tables in the order of their ids, a small window a step, so that no index is needed, which
/// every job would have to pay for, and nobody waits long for the database. Several runtimes may do
/// so at once.
///
/// A value that remembers how far it is: after a step that was rolled back go on with the value
/// from before it.
class retention {
 public:
  explicit retention(const retention_settings& settings) : settings_(settings) {}

  /// One step, part of the transaction that is open, if one is. Throws storage::error.
  cleaned step(connection& on, pipeline::time_point now);

 private:
  bool clean_jobs(connection& on, pipeline::time_point now, cleaned& into);
  bool clean_events(connection& on, pipeline::time_point now, cleaned& into);

  retention_settings settings_;
  bool jobs_are_over_ = false;
  std::int64_t after_job_ = 0;
  /// Nothing with this id or a lower one is left.
  std::int64_t after_event_ = 0;
  std::int64_t stride_ = 0;
};

}  // namespace millrace::storage
