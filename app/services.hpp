#pragma once

#include "actors/webhook_listener.hpp"
#include "app/settings/settings.hpp"
#include "pipeline/ingest/remote_parser.hpp"
#include "pipeline/ingest/services.hpp"
#include "pipeline/remote/service.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace millrace::app {

/// The services that the settings ask for.
struct services {
  /// Null where files are parsed here.
  std::shared_ptr<const pipeline::ingest::remote_parser> parser;
  /// Calls of it that may be made at once; 0 where there is none.
  int parser_calls = 0;
  std::shared_ptr<const pipeline::ingest::embedder> embedder;
  /// Calls of it that may be made at once, where it waits for a service; else 0.
  int embedder_calls = 0;
  std::vector<std::shared_ptr<pipeline::remote::service>> remote;
};

/// Makes them, and asks none of them anything. Throws app::error (usage) when a key cannot be read.
services make_services(const settings& values);

/// How the parser's service can call back; nothing where it cannot. Throws app::error (usage) when
/// the secret cannot be read.
std::optional<actors::webhook_settings> make_webhooks(const parser_choice& chosen);

}  // namespace millrace::app
