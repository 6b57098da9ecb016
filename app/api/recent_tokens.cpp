#include "app/api/recent_tokens.hpp"

#include "base/digest.hpp"

#include <cstddef>
#include <utility>

namespace millrace::app::api {
namespace {

constexpr duration trusted_for = std::chrono::minutes{10};
constexpr std::size_t most_tokens = 100;

}  // namespace

void recent_tokens::note(std::string_view secret,
                         const std::optional<storage::access_token>& holder, time_point now) {
  auto digest = sha256_hex(secret);
  const std::scoped_lock guard{mutex_};
  known_.erase(digest);
  std::erase_if(known_, [&](const auto& one) { return one.second.at + trusted_for < now; });
  if (holder && known_.size() < most_tokens)
    known_.emplace(std::move(digest), seen_token{*holder, now});
}

std::optional<storage::access_token> recent_tokens::find(std::string_view secret,
                                                         time_point now) const {
  const auto digest = sha256_hex(secret);
  const std::scoped_lock guard{mutex_};
  const auto at = known_.find(digest);
  if (at == known_.end() || at->second.at + trusted_for < now ||
      at->second.holder.expires_at.value_or(now) < now)
    return std::nullopt;
  return at->second.holder;
}

}  // namespace millrace::app::api
