#pragma once

#include "base/os/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace millrace::net {

enum class stream_state : std::uint8_t { ready, wants_read, wants_write, closed };

/// How far bytes went: at least one when `ready`, else none.
struct stream_result {
  std::size_t bytes = 0;
  stream_state state = stream_state::ready;
};

/// A connection that never blocks: bytes come and go as far as they can now. For one thread at a
/// time. Neither call may be given an empty span.
class stream {
 public:
  stream() = default;
  virtual ~stream() = default;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  virtual int fd() const = 0;

  /// Bytes that came; or for what readiness of fd() to wait before asking again; or closed, also
  /// after any error. Ask until it is not `ready` before waiting: what has been decrypted already
  /// makes no fd ready. When it answers `closed`, the other side may only have ended its sending,
  /// and still take what is sent.
  virtual stream_result receive(std::span<char> into) = 0;

  /// As receive(). Bytes that could not go must be offered again before any others; more may
  /// follow them, and they may have moved. When it answers `closed`, what the other side said
  /// before it left can still be received.
  virtual stream_result send(std::span<const char> what) = 0;

  /// Tells the other side that nothing more comes. What it sends can still be received.
  virtual void end_sending() = 0;

  /// Why it is closed, for a person; empty while it is not.
  virtual std::string why_closed() const = 0;

  /// The peer's name by its certificate, once the handshake is done, or by the kernel; empty where
  /// neither names it.
  virtual std::string peer_name() const { return {}; }
};

/// The bytes as they are. Makes the connection, a socket, one that never blocks. `peer` is its
/// peer_name().
std::unique_ptr<stream> plain_stream(unique_fd connection, std::string peer = {});

/// Makes a socket one that never blocks.
void stop_blocking(int socket);

/// What why_closed() says when the other side closed the connection, and of a failed system call.
inline constexpr auto closed_by_peer = "the other side closed the connection";
std::string why_failed(int error_number);

}  // namespace millrace::net
