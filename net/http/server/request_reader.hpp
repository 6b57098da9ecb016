#pragma once

#include "net/http/server/request.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace millrace::net {

/// Reads one request of HTTP/1.0 or 1.1 from bytes as they come, more strictly than Boost.Beast
/// does: what another server could read as something else is refused.
class request_reader {
 public:
  enum class progress : std::uint8_t {
    wants_more,
    /// Once, before the body is read: limit_body() may follow.
    has_header,
    is_whole,
    /// It will never be a request: refusal() says why, and what follows cannot be read either.
    refused,
  };
  struct refusal_reason {
    int status = 0;
    std::string detail;
  };

  explicit request_reader(std::size_t header_limit);
  ~request_reader();
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;

  /// Takes what it reads off the front. Not after is_whole or refused.
  progress take(std::string& in);

  /// Refuses a body of more bytes; false when the header says that there are more.
  bool limit_body(std::size_t limit);

  /// Something other than a blank line has come.
  bool has_begun() const;
  incoming_request& request();
  bool has_body() const;
  bool expects_continue() const;
  bool is_http_1_0() const;
  /// Whether the client wants to send other requests after it.
  bool keeps_alive() const;
  const refusal_reason& refusal() const;

 private:
  class parser;

  progress take_header(std::string& in);
  progress take_body(std::string& in);
  progress refuse(int status, std::string detail);

  std::unique_ptr<parser> parser_;
};

}  // namespace millrace::net
