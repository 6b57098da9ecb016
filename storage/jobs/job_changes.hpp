#pragma once

#include "storage/children/child_tasks.hpp"
#include "storage/claim/waiting_notes.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/change_writer.hpp"

#include <cstdint>
#include <span>

namespace millrace::storage {

/// The central write: every change of a job's state that a connection makes goes through here.
class job_changes {
 public:
  /// All must outlive it.
  job_changes(connection& on, waiting_notes& waiting, child_tasks& tasks)
      : on_(on), waiting_(waiting), tasks_(tasks) {}

  /// Writes changes that pipeline::apply decided, with their events, in the transaction that is
  /// open, and says what became of each. Notes where the jobs wait now, what the changes ask of
  /// parents and children, and gives the places of concurrency keys to others. A job must not stand
  /// here twice: the second one loses.
  void write(std::span<pending_change> changes, time_point now);

  /// The same for jobs that keep the places of their keys, so that it waits for no other
  /// transaction that gives some.
  void write_in_place(std::span<pending_change> changes, time_point now);

  /// How many jobs this connection has made due, besides those of submitter: where the number has
  /// risen, a claim may find some. Those of a transaction that was rolled back are counted, too.
  std::uint64_t made_due() const { return made_due_; }
  void add_due(std::size_t jobs) { made_due_ += jobs; }

 private:
  void leave_places_of(std::span<const pending_change> changes);

  connection& on_;
  waiting_notes& waiting_;
  child_tasks& tasks_;
  std::uint64_t made_due_ = 0;
};

}  // namespace millrace::storage
