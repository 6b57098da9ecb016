#pragma once

#include "pipeline/definition.hpp"

#include <vector>

namespace millrace::app {

/// The pipelines that millrace brings along: `ingest`.
std::vector<pipeline::definition> built_in_pipelines();

}  // namespace millrace::app
