#pragma once

#include "base/time.hpp"
#include "storage/access/tokens.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::app::api {

/// Tokens that were valid a short time ago, by the digests of their secrets: what needs nothing of
/// the database can be answered while that is away. From any thread.
class recent_tokens {
 public:
  /// What the database answered; nothing for a token that is not valid any more.
  void note(std::string_view secret, const std::optional<storage::access_token>& holder,
            time_point now);
  /// Nothing for a token that was not seen within ten minutes, or has expired.
  std::optional<storage::access_token> find(std::string_view secret, time_point now) const;

 private:
  struct seen_token {
    storage::access_token holder;
    time_point at;
  };

  mutable std::mutex mutex_;
  std::map<std::string, seen_token, std::less<>> known_;
};

}  // namespace millrace::app::api
