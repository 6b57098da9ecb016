#pragma once

#include "net/http/server/response.hpp"

#include <functional>
#include <memory>
#include <string>

namespace millrace::net {

class http_exchange;

/// A response whose body is sent in pieces. Copies are the same stream; any thread may use them,
/// also when the connection or the server has gone. When the last copy, and the last of its handle,
/// goes before finish(), the client sees a response that was cut off.
class response_stream {
 public:
  /// False, and nothing is sent: the client reads too slowly (wait for on_room()), has left, or the
  /// stream has ended.
  bool send(std::string piece) const;
  /// The end of the body.
  void finish() const;
  /// Ends the connection: the client sees that something is missing.
  void abort() const;

  /// Whether pieces may still be sent, now or later.
  bool is_open() const;

  /// Called, on a thread of the server, when there is room after send() answered false for a client
  /// that reads too slowly; at once if there is room by now.
  void on_room(std::function<void()> call) const;
  /// As response_handle::on_leave().
  void on_leave(std::function<void()> call) const;

 private:
  friend class response_handle;
  struct owner;

  explicit response_stream(std::shared_ptr<owner> owned) : owner_(std::move(owned)) {}

  std::shared_ptr<owner> owner_;
};

/// With which a request is answered: now or later, from any thread, also when the connection or the
/// server has gone. Copies are the same handle. When the last one goes without a response, the
/// server answers 500.
class response_handle {
 public:
  /// For the server, and for tests of handlers.
  explicit response_handle(std::shared_ptr<http_exchange> exchange);

  /// The first response counts; false for another one.
  bool send(outgoing_response response) const;
  /// Begins a response whose body comes in pieces; that of `head` is left out. After a response,
  /// the stream is not open.
  response_stream stream(outgoing_response head) const;

  /// Whether the client has closed the connection, or at least its sending side.
  bool client_has_left() const;
  /// Called, on a thread of the server, when the client leaves before it has the whole response;
  /// at once if it has left.
  void on_leave(std::function<void()> call) const;

 private:
  std::shared_ptr<response_stream::owner> owner_;
};

}  // namespace millrace::net
