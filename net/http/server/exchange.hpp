#pragma once

#include "net/http/server/response.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace millrace::net {

/// A response on its way from the handler, on any thread, to the connection. It knows no socket.
class http_exchange {
 public:
  using callback = std::function<void()>;
  enum class stream_end : std::uint8_t { open, finished, broken };

  /// `wake` tells the connection, from any thread, that there is something to take.
  http_exchange(std::size_t queue_limit, callback wake)
      : queue_limit_(queue_limit), wake_(std::move(wake)) {}
  http_exchange(const http_exchange&) = delete;
  http_exchange& operator=(const http_exchange&) = delete;

  /// The handler's side: see response_handle and response_stream.
  bool respond(outgoing_response response) { return begin(std::move(response), false); }
  bool start_stream(outgoing_response head) { return begin(std::move(head), true); }
  bool send(std::string piece);
  void finish() { end_stream(stream_end::finished); }
  void abort() { end_stream(stream_end::broken); }
  bool client_has_left() const;
  bool is_open() const;
  void on_leave(callback call);
  void on_room(callback call);
  /// The last handle is gone. What it left undone ends badly: a response that is missing is a 500.
  void abandon();

  /// The connection's side, on one thread at a time.
  struct start {
    outgoing_response response;
    bool is_stream = false;
  };
  /// The response or the head of a stream, once.
  std::optional<start> take_start();

  struct pieces {
    /// Several pieces, joined.
    std::string bytes;
    /// Holds once there are no bytes.
    stream_end end = stream_end::open;
  };
  /// The connection that got bytes asks again once it has sent them.
  pieces take_pieces();

  /// The client has left, or takes nothing more.
  void leave();
  /// Nothing comes of it any more. A callback often owns a handle, and is owned by it.
  void forget_callbacks();

 private:
  /// Wakes the connection when something changed, unless it has been woken already.
  template <class Change>
  bool change(Change change);
  bool begin(outgoing_response response, bool is_stream);
  void end_stream(stream_end how);
  bool is_open_now() const { return is_stream_ && !has_left_ && end_ == stream_end::open; }
  /// What is to be called now that there is room; empty when no call waits for it.
  callback take_room_call();
  /// Without the lock.
  static void call(const callback& what);

  const std::size_t queue_limit_;
  const callback wake_;

  mutable std::mutex mutex_;
  /// Until the connection has looked and found nothing.
  bool is_woken_ = false;
  bool has_begun_ = false;
  bool is_stream_ = false;
  bool has_left_ = false;
  /// No callback is called any more.
  bool is_over_ = false;
  bool wants_room_ = false;
  stream_end end_ = stream_end::open;
  std::optional<start> start_;
  std::deque<std::string> pieces_;
  std::size_t queued_ = 0;
  callback on_leave_;
  callback on_room_;
};

}  // namespace millrace::net
