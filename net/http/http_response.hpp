#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::net {

/// How a request ended: with an answer, or why without one.
enum class http_ending : std::uint8_t {
  answered,
  /// No connection: no such host, refused, no agreement on TLS.
  not_connected,
  timed_out,
  /// The connection ended before the answer did.
  broken,
  /// The answer is longer than the caller takes.
  too_large,
  /// The caller does not want it any more.
  stopped,
};

/// What came of a request.
struct http_response {
  http_ending how = http_ending::not_connected;
  /// Of the answer, when there is one.
  int status = 0;
  std::string body{};
  /// The header Retry-After, bounds::longest_retry_after at most; and whether it said more.
  std::optional<duration> retry_after{};
  bool retry_after_is_cut = false;
  /// Why there is no answer.
  std::string why{};
  duration took{0};
};

/// What that means for the caller.
enum class verdict : std::uint8_t {
  /// The answer may be read.
  fine,
  /// The service is away, or fails: the same request may succeed later.
  transient,
  /// The service is alive and wants fewer requests.
  throttled,
  /// The service refuses the caller, whatever it asks: a wrong key, no money left.
  denied,
  /// The service will never answer this request.
  refused,
  /// There is an answer, and it cannot be used.
  malformed,
  stopped,
};

/// Whether a 401, 402 or 407: it is about the key, never about what is asked.
bool is_about_the_key(int status);

verdict judge(const http_response& what);

/// One sentence: "http://x/v1/embeddings answered 503 after 0.120 s: overloaded". It quotes the
/// service, but `secret` never, where that is not empty.
std::string describe(std::string_view url, const http_response& what, std::string_view secret);

/// The text with the secret blotted out, where that is not empty.
std::string without(std::string text, std::string_view secret);

/// What the service says is wrong, of the bodies of errors that are in use: {"error": {"message":
/// ...}}, {"error": ...}, {"message": ...}, {"detail": ...}, else the first line. One line of 300
/// characters at most.
std::string service_message(std::string_view body);

}  // namespace millrace::net
