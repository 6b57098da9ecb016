#include "app/api/recent_tokens.hpp"

#include <cstddef>

namespace millrace::app::api {
namespace {

constexpr duration trusted_for = std::chrono::minutes{10};
constexpr std::size_t most_tokens = 100;

}  // namespace

void recent_tokens::note(const storage::token_digest& token,
                         const std::optional<storage::access_token>& holder, time_point now) {
  const std::scoped_lock guard{mutex_};
  known_.erase(token.hex);
  std::erase_if(known_, [&](const auto& one) { return one.second.at + trusted_for < now; });
  if (holder && known_.size() < most_tokens)
    known_.emplace(token.hex, seen_token{*holder, now});
}

std::optional<storage::access_token> recent_tokens::find(const storage::token_digest& token,
                                                         time_point now) const {
  const std::scoped_lock guard{mutex_};
  const auto at = known_.find(token.hex);
  if (at == known_.end() || at->second.at + trusted_for < now ||
      at->second.holder.expires_at.value_or(now) < now)
    return std::nullopt;
  return at->second.holder;
}

}  // namespace millrace::app::api
