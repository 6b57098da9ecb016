#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::storage {

/// A stage that starts nothing.
struct paused_stage {
  std::string pipeline;
  std::string stage;
  time_point since;
  std::string by;
  /// The whole pipeline is paused.
  bool with_pipeline = false;
};

/// In the place of a stage's name: all stages of the pipeline.
inline constexpr std::string_view every_stage = "*";

/// Every one, also where its pipeline is. Of a pipeline that the catalog does not know
/// `every_stage` stands for its stages. Throws storage::error.
std::vector<paused_stage> paused_stages(connection& on, const pipeline::catalog& pipelines);

}  // namespace millrace::storage
