#pragma once

#include "actors/protocol.hpp"
#include "actors/status/work_tally.hpp"
#include "base/named_value.hpp"
#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
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

/// What a reason is about.
enum class concern : std::uint8_t {
  actor,
  database,
  locks,
  horizon,
  disk,
  lag,
  service,
  clock,
  stage,
  dead,
  retention
};

inline constexpr auto concern_names =
    std::to_array<named_value<concern>>({{concern::actor, "actor"},
                                         {concern::database, "database"},
                                         {concern::locks, "locks"},
                                         {concern::horizon, "horizon"},
                                         {concern::disk, "disk"},
                                         {concern::lag, "lag"},
                                         {concern::service, "service"},
                                         {concern::clock, "clock"},
                                         {concern::stage, "stage"},
                                         {concern::dead, "dead"},
                                         {concern::retention, "retention"}});

/// One thing that is wrong.
struct health_reason {
  concern about{};
  health_state state{};
  /// A sentence.
  std::string text;
};

/// All that is wrong. A service that is out only degrades health, as does what is out of order:
/// what does not need it goes on. Pure.
std::vector<health_reason> find_reasons(const observations& seen, const health_limits& limits);

/// The runtime's health, with the sentences of these reasons.
health judge_health(const std::vector<health_reason>& reasons);

/// What the health monitor saw at one time, and what is wrong with it.
struct health_report {
  observations seen;
  std::vector<health_reason> reasons;
  std::chrono::steady_clock::time_point at{};
};

/// Whether jobs may be claimed: there is room on the disk.
bool has_room(const observations& seen, const health_limits& limits);

std::string_view to_string(health_state state);

}  // namespace millrace::actors
