#pragma once

#include "actors/runtime/runtime.hpp"
#include "ingest/webhook/server.hpp"

#include <memory>

namespace millrace::ingest {

/// Listens for the calls of the service that parses: a job that waits for it runs at once. Callers
/// sign by the time of day, which is the machine's. Throws millrace::error when it cannot listen.
std::unique_ptr<actors::background_server> start_webhooks(const webhook_settings& settings,
                                                          const actors::server_setup& setup);

}  // namespace millrace::ingest
