#include "net/http/server/engine.hpp"

#include "base/log.hpp"

#include <exception>
#include <utility>

namespace millrace::net {

http_engine::http_engine(const http_server_settings& wanted, std::shared_ptr<http_handler> answers,
                         const millrace::clock& now)
    : limits(wanted.limits),
      handler(std::move(answers)),
      refusals(wanted.refusals),
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

}  // namespace millrace::net
