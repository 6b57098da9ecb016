#pragma once

#include "actors/protocol.hpp"
#include "actors/status/work_tally.hpp"
#include "base/time.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {

struct health_limits {
  /// An actor that has not answered for so long is hung.
  duration hung_after{};
  /// Jobs that could run should not wait longer.
  duration max_lag{};
  /// With less room on the data directory's disk nothing new is taken in.
  std::int64_t min_free_bytes = 0;
  /// Jobs that may die within a minute; 0: any number.
  std::int64_t max_dead = 0;
};

/// What the health monitor saw.
struct observations {
  /// For each actor: since when it owes an answer; 0 for not at all.
  std::vector<std::pair<std::string, duration>> silent_for;
  /// The store has not answered a probe for so long.
  duration database_silent_for{0};
  database_probed database;
  std::vector<pipeline::remote::service_health> services;
  std::vector<pipeline::trouble> troubles;
  work_tally::deaths deaths;
  /// Why nothing that is old is deleted; empty when it is.
  std::string retention_trouble;
};

/// The runtime's health, with a sentence for each thing that is wrong. A service that is out only
/// degrades it, as does what is out of order: what does not need it goes on. Pure.
health judge_health(const observations& seen, const health_limits& limits);

/// Whether jobs may be claimed: there is room on the disk.
bool has_room(const observations& seen, const health_limits& limits);

std::string_view to_string(health_state state);

}  // namespace millrace::actors
