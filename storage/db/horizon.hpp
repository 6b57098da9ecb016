#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace millrace::storage {

/// What has kept the database for long from forgetting what died: on PostgreSQL an old transaction
/// of another session, or a replication slot, of which dead rows pile up; on SQLite a process that
/// reads in one transaction, of which the WAL grows.
class horizon_watch {
 public:
  /// What is younger than `longest` is not told; zero: nothing is.
  horizon_watch(const database_settings& database, duration longest);

  /// A sentence that says what it is, since when, and what to do; empty when there is nothing.
  /// Takes the server's time, and that of a monotonic clock. Throws storage::error.
  std::string look(connection& on, time_point now, duration monotonic);

  /// For how long it was held back at the last look, told or not; zero for not at all. Nothing
  /// where nobody looks, and on SQLite, which does not know.
  std::optional<duration> age() const { return age_; }

 private:
  std::string look_at_server(connection& on, time_point now, duration monotonic);
  std::string look_at_wal() const;

  duration longest_;
  /// Of SQLite.
  std::filesystem::path wal_;
  /// The holder of which no start is known, and when it was seen first.
  std::string held_by_;
  duration seen_at_{};
  std::optional<duration> age_;
};

}  // namespace millrace::storage
