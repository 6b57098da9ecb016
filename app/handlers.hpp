#pragma once

#include "actors/runtime.hpp"
#include "app/settings/settings.hpp"

namespace millrace::app {

/// What a runtime works with: the pipelines, and every handler that a stage can name, those of
/// `own` among them. Throws pipeline::error when one of these has the name of another.
actors::runtime_parts make_parts(const configuration& config, pipeline::registry own = {});

}  // namespace millrace::app
