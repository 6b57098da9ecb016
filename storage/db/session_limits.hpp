#pragma once

#include "storage/db/database.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace millrace::storage {

/// How long a session of PostgreSQL may do what others wait for. All of it follows from the lease:
/// a lock of a session that has died, was stopped or hangs is free again well before the leases of
/// those that wait for it run out.
struct session_limits {
  using milliseconds = std::chrono::milliseconds;

  milliseconds statement{};
  /// For a lock that another session holds.
  milliseconds lock_wait{};
  /// Between two statements of a transaction.
  milliseconds idle_in_transaction{};
  /// Until a peer that answers nothing counts as gone.
  milliseconds silence{};
  /// Until an idle connection is probed, and between two probes.
  std::chrono::seconds keepalive{};

  /// For so long the server lists the sessions of a peer that has gone silent, at least, from its
  /// last word: those that go sooner were ended by the peer's own system.
  milliseconds lingering() const { return std::min(silence - keepalive, idle_in_transaction); }

  /// Statements that set all of it for a session, on the server's side.
  std::string of_session() const;
  /// The first three for a transaction, each after a semicolon.
  std::string of_transaction() const;
};

session_limits limits_of(const database_settings& settings);

}  // namespace millrace::storage
