#include "storage/notify/change_listener.hpp"

#include "storage/notify/postgres_listener.hpp"
#include "storage/notify/sqlite_listener.hpp"

namespace millrace::storage {

std::unique_ptr<change_listener> listen_for_changes(const database_settings& settings,
                                                    std::chrono::milliseconds heartbeat) {
  if (dialect_of(settings.url) == dialect::postgres)
    return std::make_unique<postgres_listener>(settings, heartbeat);
  return std::make_unique<sqlite_listener>(settings);
}

}  // namespace millrace::storage
