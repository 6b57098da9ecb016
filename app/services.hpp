#pragma once

#include "app/settings/settings.hpp"
#include "pipeline/ingest/services.hpp"
#include "pipeline/remote/service.hpp"

#include <memory>
#include <vector>

namespace millrace::app {

/// The services that the settings ask for.
struct services {
  std::shared_ptr<const pipeline::ingest::embedder> embedder;
  /// Calls of it that may be made at once, where it waits for a service; else 0.
  int embedder_calls = 0;
  std::vector<std::shared_ptr<pipeline::remote::service>> remote;
};

/// Makes them, and asks none of them anything. Throws app::error (usage) when a key cannot be read.
services make_services(const settings& values);

}  // namespace millrace::app
