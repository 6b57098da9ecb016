#pragma once

#include "actors/protocol.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "storage/retention/retention.hpp"

#include <cstdint>
#include <memory>

namespace millrace::actors {

struct retention_actor_settings {
  storage::database_settings database;
  storage::retention_settings retention;
  /// How often it looks for what is old.
  duration interval{};
  const millrace::clock* time = nullptr;
  std::shared_ptr<executor> thread;
};

/// Archives and deletes what is old, on a connection and a thread of its own: on PostgreSQL always,
/// on SQLite where there is an archive, for whose files the only writer does not wait. It begins
/// when the health monitor asks for the first time how it fares, which it does when everything else
/// has started. While jobs cannot be archived it deletes nothing, says why, and tries again at each
/// interval.
retention_actor spawn_retention_actor(caf::local_actor& parent, std::uint32_t generation,
                                      const supervisor_actor& supervisor,
                                      const retention_actor_settings& settings);

}  // namespace millrace::actors
