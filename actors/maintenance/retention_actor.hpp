#pragma once

#include "actors/protocol.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "storage/retention/retention.hpp"

#include <cstdint>
#include <memory>

namespace millrace::actors {

struct archivist_settings {
  storage::database_settings database;
  /// With an archive.
  storage::retention_settings retention;
  /// How often it looks for what is old.
  duration interval{};
  const millrace::clock* time = nullptr;
  std::shared_ptr<executor> thread;
};

/// Archives and deletes what is old, on a connection and a thread of its own: the store must wait
/// neither for files nor for histories. It begins when it is first asked how it fares, which the
/// health monitor does when everything else has started. While jobs cannot be archived it deletes
/// nothing, says why, and tries again at each interval.
archivist_actor spawn_archivist(caf::local_actor& parent, std::uint32_t generation,
                                const supervisor_actor& supervisor,
                                const archivist_settings& settings);

}  // namespace millrace::actors
