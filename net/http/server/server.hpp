#pragma once

#include "base/time.hpp"
#include "net/http/server/handler.hpp"
#include "net/http/server/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace millrace::net {

/// Serves HTTP/1.1, on threads of its own. Every request that is not refused reaches the handler
/// once, as a whole; responses leave in the order of the requests of a connection. What the server
/// refuses itself is answered with a problem document (RFC 9457):
///
/// 400 malformed, or framed so that another server may read it otherwise; 408 too slow; 413, 414,
/// 431 too large; 417 an unknown expectation; 500 the handler threw, or gave the request up; 501 an
/// unknown transfer coding; 503 too many connections, requests, streams or bodies, or no response
/// in time, with Retry-After; 505 another version.
class http_server {
 public:
  /// Listens from now on. Throws millrace::error when it cannot, or tls_error for the certificates.
  /// The clock dates the responses, and must outlive the server.
  http_server(const http_server_settings& settings, std::shared_ptr<http_handler> handler,
              const clock& time);
  /// As stop() without patience, unless stop() was called before.
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// At which it listens, where the settings leave that to the system.
  std::uint16_t port() const;

  /// Connections that are open now.
  std::size_t connections() const;

  /// Accepts nothing more, closes the connections that wait, and the others as soon as their
  /// response is out, or when the patience is over. False when a handler has not returned by then:
  /// its thread runs on. When it is true the server uses the handler no more.
  bool stop(duration patience);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace millrace::net
