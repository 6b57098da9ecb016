#pragma once

#include "base/time.hpp"
#include "storage/access/tokens.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace millrace::app::api {

/// Tokens that were valid a short time ago, by the digests of their secrets: what needs nothing of
/// the database can be answered while that is away. From any thread.
class recent_tokens {
 public:
  /// What the database answered; nothing for a token that is not valid any more.
  void note(const storage::token_digest& token, const std::optional<storage::access_token>& holder,
            time_point now);
  /// Nothing for a token that was not seen within ten minutes, or has expired.
  std::optional<storage::access_token> find(const storage::token_digest& token,
                                            time_point now) const;

 private:
  struct seen_token {
    storage::access_token holder;
    time_point at;
  };

  mutable std::mutex mutex_;
  std::map<std::string, seen_token> known_;
};

}  // namespace millrace::app::api
