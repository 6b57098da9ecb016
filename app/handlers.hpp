#pragma once

#include "actors/runtime.hpp"
#include "app/settings/settings.hpp"

namespace millrace::app {

/// What a runtime works with: the pipelines, and every handler that a stage can name.
actors::runtime_parts make_parts(const configuration& config);

}  // namespace millrace::app
