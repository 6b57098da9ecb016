#pragma once

#include "net/http/server/request.hpp"
#include "net/http/server/response.hpp"
#include "net/http/server/response_handle.hpp"

#include <cstddef>
#include <limits>
#include <optional>

namespace millrace::net {

/// What becomes of a request whose header has come.
struct admission {
  /// Of the body; http_limits::body holds as well.
  std::size_t body_limit = std::numeric_limits<std::size_t>::max();
  /// A response that needs no body: handle() is not called.
  std::optional<outgoing_response> response{};
};

/// Answers requests. Called on the threads of the server: what takes long, or waits, is given to
/// others, with the handle. What it throws is answered 500 and logged (HTTP_HANDLER_FAILED).
class http_handler {
 public:
  http_handler() = default;
  virtual ~http_handler() = default;
  http_handler(const http_handler&) = delete;
  http_handler& operator=(const http_handler&) = delete;

  /// The header has come, the body is still empty.
  virtual admission admit(const incoming_request&) { return {}; }

  /// The whole request has come. The handle may be kept and used from any thread.
  virtual void handle(incoming_request request, response_handle respond) = 0;

  /// The server stops: streams that would not end by themselves are to be finished now.
  virtual void on_stop() {}
};

}  // namespace millrace::net
