#include "app/api/server.hpp"

#include "app/api/owner_token.hpp"
#include "base/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::app::api {
namespace {

using namespace std::chrono_literals;

/// Longer than a request may wait for the end of a job.
constexpr duration answer_timeout = 6min;

bool was_asked_for(const configuration& config) {
  return std::any_of(config.listing.begin(), config.listing.end(), [](const effective& value) {
    return value.key == "http.listen" && value.origin != "default";
  });
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

net::http_server_settings listening_of(const configuration& config, const net::host_port& at) {
  const auto& chosen = config.values.http;
  net::http_server_settings settings{.at = at};
  auto& limits = settings.limits;
  limits.answer_timeout = answer_timeout;
  limits.body = std::max(limits.body, largest_upload(config));
  // A few of the largest at a time.
  limits.bodies = std::max(limits.bodies, 4 * limits.body);
  if (!chosen.certificate.empty())
    settings.tls = net::tls_files{.certificate = chosen.certificate, .key = chosen.key};
  return settings;
}

std::unique_ptr<server> listen(const service_setup& setup, const net::host_port& at) {
  const auto& values = setup.config.values;
  auto made = std::make_unique<server>(
      setup, listening_of(setup.config, at),
      access_settings{.hosts = values.http.hosts,
                      .origins = values.http.origins,
                      .owner_token = owner_token(values.runtime.data_dir)});
  if (!is_loopback(at.host) && values.http.certificate.empty())
    log_event(log_level::warning, "HTTP_WITHOUT_TLS",
              {{"address", to_string(at)},
               {"next",
                "set http.cert and http.key, or listen on 127.0.0.1 behind a proxy that "
                "speaks TLS: tokens can be read on the way"}});
  return made;
}

}  // namespace

server::server(const service_setup& setup, const net::http_server_settings& where,
               access_settings access)
    : service_(std::make_shared<service>(setup, std::move(access))),
      listener_(where, service_, setup.machine_time) {}

bool server::stop(duration patience) {
  const bool listener_ended = listener_.stop(patience);
  const bool service_ended = service_->stop(patience);
  // A thread that runs on uses it until the process ends.
  if (!service_ended)
    static_cast<void>(new std::shared_ptr<service>{service_});
  return listener_ended && service_ended;
}

std::unique_ptr<server> start_server(const service_setup& setup) {
  const auto at = net::parse_host_port(setup.config.values.http.listen);
  if (!at)
    return nullptr;
  if (was_asked_for(setup.config))
    return listen(setup, *at);
  try {
    return listen(setup, *at);
  } catch (const millrace::error& failure) {
    log_event(log_level::warning, "HTTP_UNREACHABLE",
              {{"why", failure.why()}, {"next", failure.next()}});
    return nullptr;
  }
}

}  // namespace millrace::app::api
