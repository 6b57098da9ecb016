#pragma once

#include "actors/supervision/supervisor.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// What a supervisor keeps of a child, and the messages that it sends itself.
namespace millrace::actors {

struct init_deadline {
  using local_message = void;
};
/// It is time to tell the log what is waited for.
struct tell_waits {
  using local_message = void;
  /// Of the phase that it belongs to.
  std::uint32_t entered = 0;
};
struct grace_over {
  using local_message = void;
};
struct release_over {
  using local_message = void;
};
struct look_at_database {
  using local_message = void;
};
struct start_again {
  using local_message = void;
  /// The child to start; every child that is down if empty.
  std::string child;
};
/// A child that was told to stop has had its time.
struct stop_deadline {
  using local_message = void;
  std::string child;
  std::uint32_t generation = 0;
};

/// A child of the supervisor.
struct child {
  child_spec spec;
  caf::strong_actor_ptr handle;
  std::uint32_t generation = 0;
  bool ready = false;
  /// That it ends is no crash.
  bool told_to_stop = false;
  /// An optional child that is not started again.
  bool given_up = false;
};

/// Comes when all of the others have reported.
inline bool comes_late(const child& one) {
  return one.spec.role == child_role::observer || one.spec.role == child_role::optional;
}

inline child* find(std::vector<child>& all, const std::string& name) {
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const child& one) { return one.spec.name == name; });
  return at == all.end() ? nullptr : &*at;
}

inline child* find(std::vector<child>& all, const caf::actor_addr& address) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const child& one) {
    return one.handle && one.handle->address() == address;
  });
  return at == all.end() ? nullptr : &*at;
}

/// How long the releases at the end may take.
constexpr duration release_patience = std::chrono::seconds{5};
/// When the log is first told what is waited for, and how often then.
constexpr duration first_tell = std::chrono::seconds{1};
constexpr duration next_tell = std::chrono::seconds{5};
/// How long the database may take no write once a runtime is to end: with what it takes to stop the
/// threads, less than five seconds.
constexpr std::chrono::milliseconds database_patience = std::chrono::seconds{3};
constexpr duration database_look = std::chrono::milliseconds{250};

using supervisor_impl =
    with_private<supervisor_actor, caf::result<void>(init_deadline), caf::result<void>(grace_over),
                 caf::result<void>(release_over), caf::result<void>(start_again),
                 caf::result<void>(stop_deadline), caf::result<void>(tell_waits),
                 caf::result<void>(look_at_database)>;

/// The children that have not reported yet, of those that are waited for.
inline std::vector<std::string> missing_among(const std::vector<child>& children) {
  std::vector<std::string> names;
  for (const auto& one : children)
    if (!comes_late(one) && !one.ready)
      names.push_back(one.spec.name);
  return names;
}

/// What works on nothing any more may still wait for the database.
inline void begin_last_wait(run_report& report) {
  const std::scoped_lock guard{report.mutex};
  if (!report.last_wait)
    report.last_wait.emplace(database_patience);
}

/// Nothing waits for the database any more.
inline void give_up_database(run_report& report) {
  log_event(
      log_level::warning, "JOBS_NOT_RELEASED",
      {{"why", "the database takes no writes"}, {"next", "the next start rescues what is left"}});
  const std::scoped_lock guard{report.mutex};
  report.gave_up_database = true;
  // Whatever waits for an answer, or closes a connection, goes on.
  report.last_wait.emplace(std::chrono::milliseconds{0});
}

}  // namespace millrace::actors
