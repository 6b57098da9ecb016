#pragma once

#include "actors/runtime/runtime.hpp"
#include "base/time.hpp"
#include "ingest/webhook/handler.hpp"
#include "net/host_port.hpp"
#include "net/http/server/server.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace millrace::ingest {

struct webhook_settings {
  net::host_port at;
  /// With which calls are signed.
  std::string secret;
  /// How far the time of a call may be from ours.
  duration tolerance = std::chrono::minutes{5};
};

/// Where a service calls when it has parsed a file: `POST /webhooks/parser/JOB` over HTTP/1.1. What
/// a caller may take is bounded: 16 KiB of header, 64 KiB of body, ten seconds for each and for the
/// answer, and 64 connections, of which the one that has waited longest for a request makes room.
class webhook_server : public actors::background_server {
 public:
  /// Listens from now on. Throws millrace::error when it cannot. The clock must outlive it.
  webhook_server(const webhook_settings& settings, const millrace::clock& time, on_webhook with);
  /// Waits for the call in progress, unless stop() was called before.
  ~webhook_server() override = default;
  webhook_server(const webhook_server&) = delete;
  webhook_server& operator=(const webhook_server&) = delete;

  /// At which it listens, where the settings leave that to the system.
  std::uint16_t port() const { return server_.port(); }

  bool stop(duration patience) override;

 private:
  webhook_server(const webhook_settings& settings, const millrace::clock& time, on_webhook with,
                 std::shared_ptr<net::refusal_log> refusals);

  const std::shared_ptr<webhook_handler> handler_;
  net::http_server server_;
};

}  // namespace millrace::ingest
