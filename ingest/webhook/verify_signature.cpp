#include "ingest/webhook/verify_signature.hpp"

#include "base/check.hpp"
#include "base/duration.hpp"
#include "base/whole_number.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <iterator>

namespace millrace::ingest {
namespace {

/// Takes as long for a signature that is nearly right as for one that is all wrong.
bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

webhook_guard::webhook_guard(std::string secret, duration tolerance)
    : secret_(std::move(secret)), tolerance_(tolerance) {
  MILLRACE_CHECK(!secret_.empty());
}

std::string webhook_guard::sign(const webhook_call& call) const {
  const auto text = fmt::format("{}.{}", call.timestamp, call.body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  MILLRACE_CHECK(HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
                      reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                      digest.data(), &size) != nullptr);
  std::string signature = "sha256=";
  for (unsigned i = 0; i < size; ++i)
    fmt::format_to(std::back_inserter(signature), "{:02x}", digest.at(i));
  return signature;
}

bool webhook_guard::is_about(std::string_view timestamp, time_point now) const {
  // A number that fits: what it is compared with must not overflow.
  constexpr std::size_t longest = 12;
  const auto seconds = parse_whole_number(timestamp);
  if (timestamp.size() > longest || !seconds)
    return false;
  const auto off = now - time_point{std::chrono::seconds{*seconds}};
  return off <= tolerance_ && off >= -tolerance_;
}

webhook_guard::answer webhook_guard::check(const webhook_call& call, time_point now) {
  while (!order_.empty() && (order_.front().first < now || order_.size() >= most_seen)) {
    seen_.erase(order_.front().second);
    order_.pop_front();
  }
  if (auto why = refusal(call, now))
    return {finding::refused, std::move(*why)};
  auto known_as = std::string{call.signature} + std::string{call.path};
  if (!seen_.insert(known_as).second)
    return {finding::seen_before};
  // One from the future can be repeated for the longest.
  order_.emplace_back(now + 2 * tolerance_, std::move(known_as));
  return {finding::genuine};
}

std::optional<std::string> webhook_guard::refusal(const webhook_call& call, time_point now) const {
  if (!is_same(sign(call), call.signature))
    return "the signature is not right";
  if (!is_about(call.timestamp, now))
    return fmt::format("the timestamp is more than {} from the time here",
                       format_duration(tolerance_));
  return std::nullopt;
}

void webhook_guard::forget(const webhook_call& call) {
  seen_.erase(std::string{call.signature} + std::string{call.path});
}

}  // namespace millrace::ingest
