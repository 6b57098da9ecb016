#include "app/error.hpp"
#include "app/settings/reader.hpp"
#include "pipeline/ingest/hashing_embedder.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app {
namespace {

/// The values in effect, by key, for messages.
class relation_checker {
 public:
  relation_checker(const configuration& all, const origins& from) : all_{all}, from_{from} {}

  /// Throws unless it holds that `small` is `relation` (for instance "less than") `big`.
  void require(bool holds, const std::string& small, std::string_view relation,
               const std::string& big) const {
    if (!holds)
      throw bad_usage("cannot use the configuration",
                      fmt::format("{} must be {} {}", describe(small), relation, describe(big)),
                      "change one of the two");
  }

 private:
  std::string describe(const std::string& key) const {
    const auto at = from_.find(key);
    for (const auto& one : all_.listing)
      if (one.key == key)
        return fmt::format("{} = {} ({})", key, one.value,
                           at == from_.end() ? "default" : at->second);
    return key;
  }

  const configuration& all_;
  const origins& from_;
};

void require_embedder(bool holds, std::string why, std::string next) {
  if (!holds)
    throw bad_usage("cannot use the configuration", std::move(why), std::move(next));
}

void check_embedder(const embedder_choice& chosen) {
  const auto mode = fmt::format("service.embedder.mode = {}", chosen.mode);
  const auto needs = [&](std::string_view name) {
    return fmt::format("{} needs service.embedder.{}", mode, name);
  };
  require_embedder(chosen.key_env.empty() || chosen.key_file.empty(),
                   "service.embedder.key_env and service.embedder.key_file are both set",
                   "set one of the two");
  if (chosen.mode == "local")
    return;
  require_embedder(!chosen.service.endpoints.empty(), needs("endpoints"),
                   "set it to the service's base URL, https://HOST/v1 for instance");
  require_embedder(!chosen.model.model.empty(), needs("model"),
                   "set it to what the service calls the model");
  require_embedder(chosen.model.dimensions > 0, needs("dimensions"),
                   "set it to the length of the model's vectors");
  const pipeline::ingest::hashing_embedder local;
  const auto remote = embedder_name(chosen.model);
  require_embedder(
      chosen.mode != "hybrid" || remote == local.name(),
      fmt::format("{} mixes the vectors of {} and {}, which cannot be compared", mode, remote,
                  local.name()),
      "use the mode remote, or a service with the local model (model = hashing, dimensions = 384)");
}

}  // namespace

void check_relations(const configuration& all, const origins& from) {
  const relation_checker check{all, from};
  const auto& runtime = all.values.runtime;
  const auto& ingest = all.values.ingest;
  check.require(runtime.heartbeat < runtime.lease, "runtime.heartbeat", "less than",
                "runtime.lease");
  check.require(runtime.poll_interval_min <= runtime.poll_interval_max, "runtime.poll_interval_min",
                "at most", "runtime.poll_interval_max");
  check.require(runtime.health_interval < runtime.health_hung_after, "runtime.health_interval",
                "less than", "runtime.health_hung_after");
  check.require(ingest.chunk.target_size <= ingest.chunk.max_size, "ingest.chunk_target", "at most",
                "ingest.chunk_max");
  check.require(ingest.chunk.overlap < ingest.chunk.target_size, "ingest.chunk_overlap",
                "less than", "ingest.chunk_target");
  check_embedder(all.values.embedder);
  const auto& http = all.values.embedder.service.http;
  for (const auto& one : all.pipelines)
    for (const auto& stage : one.stages) {
      const auto prefix = fmt::format("stage.{}.{}.", one.name, stage.name);
      check.require(stage.backoff.base <= stage.backoff.cap, prefix + "backoff_base", "at most",
                    prefix + "backoff_cap");
      // Else a slow file would be tried again and again instead of being refused once.
      if (one.name == "ingest" && stage.name == "parsing")
        check.require(ingest.parser.time_limit < stage.timeout, "ingest.parser_time_limit",
                      "less than", prefix + "timeout");
      // Else a slow service would be the job's failure.
      if (one.name == "ingest" && stage.name == "embedding" && all.values.embedder.mode != "local")
        check.require(http.total_timeout < stage.timeout, "service.embedder.total_timeout",
                      "less than", prefix + "timeout");
    }
}

}  // namespace millrace::app
