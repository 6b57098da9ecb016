#pragma once

#include "actors/protocol.hpp"
#include "actors/status/incidents.hpp"
#include "actors/store/writer.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::actors {

struct store_settings {
  /// How often the lease is renewed; well below the lease.
  duration heartbeat{};
  /// How often what is old is looked for; zero: never.
  duration clean_up_interval{};
  /// Whether its writer has schedules to keep.
  bool keeps_schedules = false;
  /// Never null.
  std::shared_ptr<incidents> befell = std::make_shared<incidents>();
};

/// A connection that writes, and the thread that waits for it.
struct write_connection {
  std::shared_ptr<writer> out;
  std::shared_ptr<executor> thread;
};

/// The only way to the database: gathers settles and claims, and writes all that has gathered in
/// one transaction while the next gathers. The first lane has the runtime's identity and does
/// everything; the others only settle, beside it: the fence of a settlement holds on any
/// connection, while a claim must never come after the runtime's end. While the database fails for
/// a reason that may go away, it keeps what it holds, answers nothing, and tries again with
/// backoff. It ends with an error when the database fails for good or the lease is lost.
store_actor spawn_store(caf::local_actor& parent, std::uint32_t generation,
                        const supervisor_actor& supervisor, std::vector<write_connection> lanes,
                        store_settings settings);

}  // namespace millrace::actors
