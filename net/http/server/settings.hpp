#pragma once

#include "base/time.hpp"
#include "net/host_port.hpp"
#include "net/http/server/refusal_log.hpp"
#include "net/tls/tls_files.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace millrace::net {

/// What clients may take of the server. Sizes are in bytes.
struct http_limits {
  /// Of a request line with its header fields; also of the trailers of a body in chunks.
  std::size_t header = std::size_t{16} << 10;
  /// Of a body; a handler may allow less (admission::body_limit).
  std::size_t body = std::size_t{64} << 20;
  /// Of the bodies of all requests in progress together.
  std::size_t bodies = std::size_t{256} << 20;

  /// When there are as many, the connection that has waited longest for a request makes room. Where
  /// none waits, a new one is answered 503.
  std::size_t connections = 12'000;
  /// Requests in progress: from the end of the header to the end of the response. Those that
  /// stream count there only.
  std::size_t requests = 1'000;
  std::size_t streams = 1'000;
  /// What a stream keeps for a client that reads slowly.
  std::size_t stream_queue = std::size_t{256} << 10;

  /// For a first request to begin, and for a header to come.
  duration header_timeout = std::chrono::seconds{10};
  /// For the next request of a connection to begin.
  duration idle_timeout = std::chrono::seconds{60};
  /// How long a body may pause, and a client may pause to read. On the whole either must move
  /// `slowest_rate` bytes a second.
  duration body_timeout = std::chrono::seconds{30};
  duration write_timeout = std::chrono::seconds{60};
  std::uint64_t slowest_rate = 1'024;
  /// For the handler to begin its response; then the server answers 503.
  duration answer_timeout = std::chrono::minutes{2};
  /// How long a client that was refused may go on sending: closing over unread input would lose the
  /// response.
  duration linger_timeout = std::chrono::seconds{2};
};

struct http_server_settings {
  /// Port 0 leaves the port to the system.
  host_port at;
  /// Speaks TLS 1.2 or later; clients need no certificate. `authority` may be empty, else it must
  /// have signed the certificate.
  std::optional<tls_files> tls{};
  unsigned threads = 1;
  http_limits limits{};
  /// For the error when the port cannot be opened: whose it is, and the setting that names it.
  std::string whose = "the HTTP server's";
  std::string setting = "http.listen";
  /// Where the server logs the requests that it refuses itself. A handler may log its own there.
  std::shared_ptr<refusal_log> refusals = std::make_shared<refusal_log>("HTTP_REFUSED");
};

}  // namespace millrace::net
