#pragma once

#include "actors/inspector/client/client.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <string>

namespace millrace::app {

enum class pane_id : std::uint8_t {
  overview,
  stages,
  actors,
  jobs,
  events,
  health,
  runtimes,
  services
};

/// What the screen shows, and so what must be fetched.
struct screen_query {
  pane_id in = pane_id::overview;
  actors::get_jobs jobs;
  /// The job whose page is open.
  std::optional<pipeline::job_id> job;

  bool operator==(const screen_query& other) const;
  /// Whether it is the same jobs that are listed.
  bool lists_as(const screen_query& other) const;
};

/// What was learnt of a runtime at one moment, as far as the screen asked for it.
struct snapshot {
  time_point taken_at;
  screen_query asked;
  actors::runtime_view runtime;
  actors::health_view health;
  actors::stages_view stages;
  actors::actors_view actors;
  actors::runtimes_view runtimes;
  actors::services_view services;
  actors::jobs_view jobs;
  actors::events_view events;
  std::optional<actors::job_view> job;
  /// Of the time between this snapshot and the one before, how much an actor was busy; by its name.
  /// Only actors that are in both.
  std::map<std::string, int> busy_percent;
};

/// What `busy_percent` is for a snapshot after another one.
std::map<std::string, int> measure_busy(const snapshot& before, const snapshot& after);

}  // namespace millrace::app
