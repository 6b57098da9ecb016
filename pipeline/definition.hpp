#pragma once

#include "base/named_value.hpp"
#include "base/time.hpp"
#include "pipeline/limits.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::pipeline {

/// How long to wait before a failed attempt is made again.
struct backoff_policy {
  duration base = std::chrono::seconds{3};
  duration cap = std::chrono::hours{1};
};

/// What a stage does about the children of its jobs.
enum class join_policy : std::uint8_t {
  /// Nothing: whether they have ended does not matter there.
  none,
  /// A job waits until its children have ended, and is dead unless all of them are done.
  all,
  /// A job waits until its children have ended, however that was.
  finished,
};

inline constexpr auto join_policy_names = std::to_array<named_value<join_policy>>(
    {{join_policy::none, "none"}, {join_policy::all, "all"}, {join_policy::finished, "finished"}});

/// One stage of a pipeline: its name, the handler that works there, and how.
struct stage_definition {
  std::string name;
  /// A handler's name in the registry, with an argument after a colon: "noop", "sleep:20ms".
  std::string handler;
  /// Failed attempts after which the job is dead; the first run counts.
  int max_attempts = 3;
  backoff_policy backoff;
  duration timeout = std::chrono::minutes{5};
  /// Handlers at work at once in one runtime; 0: as many as there are worker threads.
  int concurrency = 0;
  /// Jobs handed to a worker thread at once; 0: what the handler asks for.
  int batch = 0;
  /// Names of variables that a handler's process gets from the runtime's environment.
  std::vector<std::string> environment{};
  /// Over all runtimes. No job is carried on into a stage that has some: each is claimed there.
  limits limit;
  join_policy join = join_policy::none;
};

/// A named, ordered list of stages.
struct definition {
  std::string name;
  std::vector<stage_definition> stages;
  /// Unfinished jobs of the pipeline beyond which none is submitted; 0: without limit.
  std::int64_t queue_limit = 0;
  /// Jobs with the same concurrency key that are claimed at once, at all stages and in all runtimes
  /// together.
  std::int64_t key_concurrency = 1;
  /// How long its jobs are kept when they are done or cancelled, and when they are dead; zero: for
  /// ever; nothing: as those of any pipeline.
  std::optional<duration> retention_finished{};
  std::optional<duration> retention_dead{};

  /// The position of the stage of that name, or nothing.
  std::optional<std::uint16_t> find_stage(std::string_view stage) const;
  /// "PIPELINE.STAGE".
  std::string full_name(std::uint16_t stage) const { return name + '.' + stages.at(stage).name; }
};

/// The pipelines that a runtime serves. A job names its pipeline by its position here.
class catalog {
 public:
  catalog() = default;

  /// Throws millrace::error for a name twice, a pipeline without stages, a name that is not lower
  /// case letters, digits, `_` and `-`, or a policy out of range.
  explicit catalog(std::vector<definition> pipelines);

  const std::vector<definition>& pipelines() const { return pipelines_; }
  const definition& at(std::uint16_t pipeline) const { return pipelines_.at(pipeline); }
  std::optional<std::uint16_t> find(std::string_view pipeline) const;

 private:
  std::vector<definition> pipelines_;
};

}  // namespace millrace::pipeline
