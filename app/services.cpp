#include "app/services.hpp"

#include "app/authorities.hpp"
#include "app/error.hpp"
#include "app/secret.hpp"
#include "ingest/embed/hashing_embedder.hpp"
#include "ingest/embed/remote_embedder.hpp"
#include "ingest/files/media_type.hpp"
#include "net/host_port.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millrace::app {
namespace {

/// Any more threads would only wait.
constexpr int most_calls = 256;

std::shared_ptr<pipeline::remote::service> make_service(const std::string& name,
                                                        const service_choice& chosen,
                                                        const clock& time) {
  check_authorities("service." + name + ".ca_file", chosen.service.http.ca_file);
  auto key = read_secret("the key of the " + name, "service." + name + ".key", chosen.key);
  auto made =
      std::make_shared<pipeline::remote::service>(name, chosen.service, std::move(key), time);
  if (!chosen.key.file.empty())
    made->read_key_with([name, from = chosen.key]() -> std::optional<std::string> {
      try {
        return read_secret("the key of the " + name, "service." + name + ".key", from);
      } catch (const error&) {
        return std::nullopt;  // it is being replaced: read again at the next refusal
      }
    });
  return made;
}

int calls_of(const service_choice& chosen) {
  return std::min(
      chosen.service.limits.concurrent * static_cast<int>(chosen.service.endpoints.size()),
      most_calls);
}

}  // namespace

service_of<ingest::embedder> make_embedder(const settings& values, const clock& time) {
  const auto& chosen = values.embedder;
  const auto local = std::make_shared<ingest::hashing_embedder>();
  if (chosen.mode == service_mode::local)
    return {local, nullptr, 0};
  const auto remote = make_service("embedder", chosen, time);
  std::shared_ptr<const ingest::embedder> worker =
      std::make_shared<ingest::remote_embedder>(chosen.model, remote);
  if (chosen.mode == service_mode::hybrid)
    worker = std::make_shared<ingest::hybrid_embedder>(std::move(worker), local);
  return {std::move(worker), remote, calls_of(chosen)};
}

service_of<ingest::remote_parser> make_parser(const settings& values, const clock& time) {
  auto chosen = values.parser;
  if (chosen.mode == service_mode::local)
    return {};
  // A list that LlamaParse has; a service without it answers 404, which shows as well that it is
  // up.
  chosen.service.probe_path = "/supported_file_extensions";
  const auto remote = make_service("parser", chosen, time);
  auto how = std::move(chosen.how);
  if (chosen.files != remote_files::pdf)
    how.media_types.emplace(ingest::html);
  if (chosen.files != remote_files::html)
    how.media_types.emplace(ingest::pdf);
  how.may_be_replaced = chosen.mode == service_mode::hybrid;
  how.max_text_size = values.ingest.parser.max_text_size;
  return {std::make_shared<ingest::remote_parser>(std::move(how), remote), remote,
          calls_of(chosen)};
}

std::optional<ingest::webhook_settings> make_webhooks(const settings& values) {
  const auto& chosen = values.parser;
  if (chosen.webhook_listen.empty())
    return std::nullopt;
  return ingest::webhook_settings{
      .at = net::parse_host_port(chosen.webhook_listen).value(),
      .secret = read_secret("the secret of the webhooks", "service.parser.webhook_secret",
                            chosen.webhook_secret),
      .tolerance = chosen.webhook_tolerance};
}

}  // namespace millrace::app
