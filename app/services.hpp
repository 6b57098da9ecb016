#pragma once

#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/webhook/server.hpp"
#include "pipeline/services/service.hpp"

#include <memory>
#include <optional>

namespace millrace::app {

/// What does the work of a service, as the settings ask.
template <class Worker>
struct service_of {
  std::shared_ptr<const Worker> worker;
  /// The service that it asks, and calls of it that may be made at once; null and 0 where it works
  /// here.
  std::shared_ptr<pipeline::remote::service> remote;
  int calls = 0;
};

/// Make them, and ask no service anything. There is no worker where files are parsed here. The
/// clock outlives what is made. All throw app::error (usage) when a secret cannot be read.
service_of<ingest::embedder> make_embedder(const settings& values, const clock& time);
service_of<ingest::remote_parser> make_parser(const settings& values, const clock& time);

/// How the parser's service can call back; nothing where it cannot.
std::optional<ingest::webhook_settings> make_webhooks(const settings& values);

}  // namespace millrace::app
