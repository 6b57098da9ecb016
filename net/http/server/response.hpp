#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::net {

struct outgoing_response {
  int status = 200;
  /// Without Content-Length, Transfer-Encoding, Connection and Date: those are the server's.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  /// The connection ends after it.
  bool closes = false;
};

/// A problem document (RFC 9457) whose title is the status' own.
outgoing_response problem(int status, std::string_view detail);

/// "Not Found"
std::string_view title_of(int status);

/// How the other side knows where the body ends.
enum class body_framing : std::uint8_t { none, length, chunks, end_of_connection };

/// Whether every name of a header is a token, and no value has a control character.
bool has_sound_headers(const outgoing_response& response);

/// The status line and the header, with the blank line. The length is that of the body, for
/// body_framing::length.
std::string response_head(const outgoing_response& response, body_framing framing, bool closes,
                          time_point now);

/// A piece of a body in chunks; the empty piece is its end.
std::string body_chunk(std::string_view piece);

}  // namespace millrace::net
