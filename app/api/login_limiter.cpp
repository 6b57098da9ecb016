#include "app/api/login_limiter.hpp"

namespace millrace::app::api {
namespace {

/// An address costs some 100 bytes.
constexpr std::size_t most_addresses = 10'000;

}  // namespace

std::chrono::seconds login_limiter::must_wait(const std::string& address, clock::time_point now) {
  const std::scoped_lock guard{mutex_};
  const auto at = failed_.find(address);
  if (at == failed_.end() || at->second.count < most_failures || now >= at->second.since + window)
    return std::chrono::seconds{0};
  return std::chrono::ceil<std::chrono::seconds>(at->second.since + window - now);
}

void login_limiter::failed(const std::string& address, clock::time_point now) {
  const std::scoped_lock guard{mutex_};
  if (failed_.size() >= most_addresses)
    forget(now);
  auto& one = failed_[address];
  if (one.count == 0 || now >= one.since + window)
    one = {0, now};
  ++one.count;
}

void login_limiter::forget(clock::time_point now) {
  std::erase_if(failed_, [&](const auto& one) { return now >= one.second.since + window; });
  if (failed_.size() >= most_addresses)
    failed_.clear();
}

}  // namespace millrace::app::api
