#pragma once

#include "storage/db/database.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace millrace::storage {

/// A process as others know it: two that agree in host and boot can see each other's pids.
struct process_name {
  std::string host;
  /// The boot of the machine and the namespace of the pid.
  std::string boot;
  std::int64_t pid = 0;
  /// Under which the server lists its sessions; empty when it cannot be looked for there.
  std::string session{};
};

/// The sessions of a process, as the server lists them.
struct listed_sessions {
  std::int64_t count = 0;
  /// When the last statement of one of them began, or the last of them, by the server's clock.
  std::int64_t heard_at = 0;
};

/// By the name of the process.
using session_list = std::map<std::string, listed_sessions>;

/// What a runtime knows of its process and asks of the world; a test can be its own world.
struct process {
  process_name name;
  /// A number that no runtime has had: random, positive, of 53 bits, so that JSON keeps it.
  std::function<runtime_id()> draw_identity;
  /// Whether no process of this machine has that pid.
  std::function<bool(std::int64_t pid)> is_gone;
  /// The time of the database's server; nothing where the database has none.
  std::function<std::optional<time_point>(connection& on)> server_time;
  /// Every session of the database's server; nothing where it has none, or does not say whose they
  /// are. May be null: the same.
  std::function<std::optional<session_list>(connection& on)> sessions{};
};

/// When the newest event was written, for a machine whose clock may have been set back since; the
/// beginning of time where a server says how late it is, or nothing was written.
time_point newest_event_at(connection& on);

/// The real one.
process this_process();

}  // namespace millrace::storage
