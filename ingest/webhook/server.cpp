#include "ingest/webhook/server.hpp"

#include "base/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace millrace::ingest {
namespace {

using namespace std::chrono_literals;

net::http_server_settings settings_of(const webhook_settings& settings,
                                      std::shared_ptr<net::refusal_log> refusals) {
  constexpr std::size_t most_connections = 64;
  constexpr std::size_t longest_body = std::size_t{64} << 10;
  constexpr duration patience = 10s;
  return {.at = settings.at,
          .limits = {.header = std::size_t{16} << 10,
                     .body = longest_body,
                     .bodies = most_connections * longest_body,
                     .connections = most_connections,
                     .requests = most_connections,
                     .header_timeout = patience,
                     .idle_timeout = patience,
                     .body_timeout = patience,
                     .write_timeout = patience,
                     // No byte buys more time.
                     .slowest_rate = std::uint64_t{1} << 30,
                     .answer_timeout = patience,
                     .linger_timeout = 1s},
          .whose = "the webhooks'",
          .setting = "service.parser.webhook_listen",
          .refusals = std::move(refusals)};
}

}  // namespace

webhook_server::webhook_server(const webhook_settings& settings, const millrace::clock& time,
                               on_webhook with)
    : webhook_server(settings, time, std::move(with),
                     std::make_shared<net::refusal_log>("WEBHOOK_REFUSED")) {}

webhook_server::webhook_server(const webhook_settings& settings, const millrace::clock& time,
                               on_webhook with, std::shared_ptr<net::refusal_log> refusals)
    : handler_(std::make_shared<webhook_handler>(settings.secret, settings.tolerance, time,
                                                 refusals, std::move(with))),
      server_(settings_of(settings, std::move(refusals)), handler_, time) {
  log_event(log_level::info, "WEBHOOKS_LISTENING", {{"address", to_string(settings.at)}});
}

bool webhook_server::stop(duration patience) {
  // Both: responses in progress wait for the handler's thread.
  const bool server_ended = server_.stop(patience);
  return handler_->stop(patience) && server_ended;
}

}  // namespace millrace::ingest
