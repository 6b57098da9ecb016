#pragma once

#include "app/settings/settings.hpp"
#include "pipeline/tracing/exporter.hpp"

#include <memory>

namespace millrace::app {

/// Sends the spans of jobs where the settings say; null where that is nowhere. Throws app::error
/// (usage) when the key cannot be read.
std::shared_ptr<pipeline::tracing::exporter> make_exporter(const settings& values);

}  // namespace millrace::app
