#pragma once

#include "actors/runtime/runtime_parts.hpp"
#include "app/api/service.hpp"
#include "app/settings/settings.hpp"
#include "net/http/server/server.hpp"

#include <cstdint>
#include <memory>

namespace millrace::app::api {

/// The API on a port, beside a runtime or alone.
class server final : public actors::background_server {
 public:
  server(const service_setup& setup, const net::http_server_settings& where,
         access_settings access);

  std::uint16_t port() const { return listener_.port(); }
  bool stop(duration patience) override;

 private:
  std::shared_ptr<service> service_;
  net::http_server listener_;
};

/// As `http.*` say; null where they turn it off. Where the port is in use, or cannot be opened, and
/// it is the default, the log says so and the answer is null. Throws millrace::error otherwise.
std::unique_ptr<server> start_server(const service_setup& setup);

}  // namespace millrace::app::api
