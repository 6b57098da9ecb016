#include "app/error.hpp"
#include "app/settings/reader.hpp"

#include <fmt/format.h>

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
  for (const auto& one : all.pipelines)
    for (const auto& stage : one.stages) {
      const auto prefix = fmt::format("stage.{}.{}.", one.name, stage.name);
      check.require(stage.backoff.base <= stage.backoff.cap, prefix + "backoff_base", "at most",
                    prefix + "backoff_cap");
      // Else a slow file would be tried again and again instead of being refused once.
      if (one.name == "ingest" && stage.name == "parsing")
        check.require(ingest.parser.time_limit < stage.timeout, "ingest.parser_time_limit",
                      "less than", prefix + "timeout");
    }
}

}  // namespace millrace::app
