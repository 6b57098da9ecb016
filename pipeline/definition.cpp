#include "pipeline/definition.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace millrace::pipeline {
namespace {

template <class Named>
std::optional<std::uint16_t> position(const std::vector<Named>& all, std::string_view name) {
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  if (at == all.end())
    return std::nullopt;
  return static_cast<std::uint16_t>(at - all.begin());
}

void require(bool holds, const std::string& what, const std::string& why) {
  if (!holds)
    throw error{what, why, "see the pipelines in docs/configuration.md"};
}

void check_name(std::string_view kind, const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  require(!name.empty() && name.size() <= 64 && plain, fmt::format("bad {} name '{}'", kind, name),
          "1 to 64 lower-case letters, digits, '_' and '-' are allowed");
}

void check_stage(const definition& in, const stage_definition& stage) {
  check_name("stage", stage.name);
  const auto what = fmt::format("bad stage {} of pipeline {}", stage.name, in.name);
  require(std::count_if(in.stages.begin(), in.stages.end(),
                        [&](const auto& other) { return other.name == stage.name; }) == 1,
          what, "the name stands twice");
  require(!stage.handler.empty(), what, "it has no handler");
  require(stage.max_attempts >= 1, what, "max_attempts must be at least 1");
  require(stage.backoff.base.count() >= 0 && stage.backoff.base <= stage.backoff.cap, what,
          "backoff_base must be between 0 and backoff_cap");
  require(stage.timeout.count() > 0, what, "timeout must be longer than 0");
  require(stage.concurrency >= 0 && stage.batch >= 0, what,
          "concurrency and batch must not be negative");
}

}  // namespace

std::optional<std::uint16_t> definition::find_stage(std::string_view stage) const {
  return position(stages, stage);
}

catalog::catalog(std::vector<definition> pipelines) : pipelines_(std::move(pipelines)) {
  constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
  require(pipelines_.size() < most, "too many pipelines", "positions have 16 bits");
  std::set<std::string_view> names;
  for (const auto& one : pipelines_) {
    check_name("pipeline", one.name);
    require(names.insert(one.name).second, fmt::format("bad pipeline {}", one.name),
            "the name stands twice");
    require(!one.stages.empty() && one.stages.size() < most,
            fmt::format("bad pipeline {}", one.name), "it needs at least one stage");
    require(one.queue_limit >= 0, fmt::format("bad pipeline {}", one.name),
            "queue_limit must not be negative");
    for (const auto& kept : {one.retention_finished, one.retention_dead})
      require(!kept || kept->count() >= 0, fmt::format("bad pipeline {}", one.name),
              "retention_finished and retention_dead must not be negative");
    for (const auto& stage : one.stages)
      check_stage(one, stage);
    require(one.stages.front().join == join_policy::none,
            fmt::format("bad stage {} of pipeline {}", one.stages.front().name, one.name),
            "the first stage cannot join: no job has children there");
  }
}

std::optional<std::uint16_t> catalog::find(std::string_view pipeline) const {
  return position(pipelines_, pipeline);
}

}  // namespace millrace::pipeline
