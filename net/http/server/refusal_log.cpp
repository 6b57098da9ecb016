#include "net/http/server/refusal_log.hpp"

#include "base/log.hpp"

#include <cstdint>

namespace millrace::net {
namespace {

constexpr auto refusal_log_interval = std::chrono::seconds{10};

}  // namespace

void refusal_log::add(int status, std::string_view why, std::string_view peer) {
  const auto now = clock::now();
  auto next = next_.load();
  if (now >= next && next_.compare_exchange_strong(next, now + refusal_log_interval))
    log_event(log_level::warning, event_,
              {{"status", std::int64_t{status}}, {"why", why}, {"peer", peer}});
}

}  // namespace millrace::net
