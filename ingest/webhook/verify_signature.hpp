#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::ingest {

/// A call as it came: two headers and the body.
struct webhook_call {
  /// Seconds since 1970.
  std::string_view timestamp;
  /// "sha256=HEX": HMAC-SHA256 of `timestamp.body`, keyed with the secret.
  std::string_view signature;
  std::string_view body;
  /// The path that it calls. That is not signed, but the same words to another path are another
  /// call: two files may be done in the same second, and services need not say which.
  std::string_view path;
};

/// Tells the calls of a service from those of strangers: they are signed, of about now, and come
/// once. Pure: the caller says what time it is. What it has seen it keeps for as long as it could
/// be said again, but not over a restart, and no more than `most_seen`.
class webhook_guard {
 public:
  static constexpr std::size_t most_seen = 65'536;

  webhook_guard(std::string secret, duration tolerance);

  enum class finding : std::uint8_t { genuine, seen_before, refused };
  struct answer {
    finding what = finding::refused;
    /// Why it is refused.
    std::string why{};
  };
  answer check(const webhook_call& call, time_point now);

  /// Why the call is not genuine; nothing when it is, or has been seen before. For any thread.
  std::optional<std::string> refusal(const webhook_call& call, time_point now) const;

  /// A genuine call could not be obeyed, and may be repeated.
  void forget(const webhook_call& call);

 private:
  std::string sign(const webhook_call& call) const;
  bool is_about(std::string_view timestamp, time_point now) const;

  std::string secret_;
  duration tolerance_;
  std::set<std::string> seen_;
  /// The same in the order in which they came, each with when it may be forgotten.
  std::deque<std::pair<time_point, std::string>> order_;
};

}  // namespace millrace::ingest
