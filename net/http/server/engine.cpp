#include "net/http/server/engine.hpp"

#include "base/log.hpp"

#include <exception>
#include <utility>

namespace millrace::net {
namespace {

constexpr auto refusal_log_pause = std::chrono::seconds{10};

}  // namespace

http_engine::http_engine(const http_server_settings& wanted, std::shared_ptr<http_handler> answers,
                         const millrace::clock& now)
    : limits(wanted.limits),
      handler(std::move(answers)),
      time(now),
      tls(wanted.tls ? std::optional{tls_context::web_server(*wanted.tls)} : std::nullopt) {}

void http_engine::run() {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& e) {
      log_event(log_level::error, "HTTP_SERVER_FAILED", {{"why", e.what()}, {"next", "report it"}});
    } catch (...) {
      log_event(log_level::error, "HTTP_SERVER_FAILED",
                {{"why", "unknown"}, {"next", "report it"}});
    }
  }
}

void http_engine::log_refusal(int status, std::string_view why, std::string_view peer) {
  const auto now = std::chrono::steady_clock::now();
  auto due = next_refusal_log_.load();
  if (now < due || !next_refusal_log_.compare_exchange_strong(due, now + refusal_log_pause))
    return;
  log_event(log_level::warning, "HTTP_REFUSED",
            {{"status", std::int64_t{status}}, {"why", why}, {"peer", peer}});
}

}  // namespace millrace::net
