#pragma once

#include "storage/db/database.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace millrace::storage {

/// What a listener has to tell.
struct news {
  enum class kind : std::uint8_t {
    /// There may be new jobs.
    changed,
    /// Nothing is heard that should be: until `heard_again` changes are found by polling only.
    nothing_heard,
    heard_again,
    /// stop() was called.
    stopped,
  };
  kind what = kind::changed;
  /// Of `nothing_heard`: the reason, and what to do.
  std::string why{};
  std::string next{};
};

/// Waits for a change of the database, without asking it again and again. What it tells is a hint:
/// it may tell of a change that brought nothing, and a change may stay unheard for as long as the
/// database, or the way to it, is away.
class change_listener {
 public:
  virtual ~change_listener() = default;

  /// Blocks until there is something to tell. `changed` comes first, and after every time that
  /// something may have been missed. By one thread at a time.
  virtual news wait() = 0;

  /// Ends wait(), now and from now on. From any thread.
  virtual void stop() = 0;
};

/// The listener for that kind of database. Opens nothing yet. Where heartbeats are notified
/// (notify_heartbeat), `heartbeat` is how often: a listener that has heard nothing for three of
/// them knows that notifications do not arrive.
std::unique_ptr<change_listener> listen_for_changes(const database_settings& settings,
                                                    std::chrono::milliseconds heartbeat);

}  // namespace millrace::storage
