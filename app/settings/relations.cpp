#include "app/error.hpp"
#include "app/settings/reader.hpp"
#include "ingest/embed/hashing_embedder.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app {
namespace {

/// The values in effect, by key, for messages.
class relation_checker {
 public:
  relation_checker(const configuration& all, const origins& from, const fault_policy& faults)
      : all_{all}, from_{from}, faults_{faults} {}

  /// A fault unless it holds that `small` is `relation` (for instance "less than") `big`.
  void require(bool holds, const std::string& small, std::string_view relation,
               const std::string& big) const {
    if (!holds)
      faults_.attempt([&] {
        throw bad_usage("cannot use the configuration",
                        fmt::format("{} must be {} {}", describe(small), relation, describe(big)),
                        "change one of the two");
      });
  }

 private:
  std::string describe(const std::string& key) const {
    for (const auto& one : all_.listing)
      if (one.key == key)
        return fmt::format("{} = {} ({})", key, one.value, origin_of(key, from_));
    return key;
  }

  const configuration& all_;
  const origins& from_;
  const fault_policy& faults_;
};

void require(bool holds, std::string why, std::string next) {
  if (!holds)
    throw bad_usage("cannot use the configuration", std::move(why), std::move(next));
}

/// `setting` is the beginning of two names: "service.embedder.key".
void check_secret(const secret_place& where, const std::string& setting) {
  require(where.env.empty() || where.file.empty(),
          fmt::format("{0}_env and {0}_file are both set", setting), "set one of the two");
}

std::string needs(const std::string& section, const service_choice& chosen, std::string_view name) {
  return fmt::format("{0}.mode = {1} needs {0}.{2}", section,
                     name_of(service_mode_names, chosen.mode), name);
}

/// What holds for every service; false when it is not used.
bool check_service(const std::string& section, const service_choice& chosen) {
  check_secret(chosen.key, section + ".key");
  if (chosen.mode == service_mode::local)
    return false;
  require(!chosen.service.endpoints.empty(), needs(section, chosen, "endpoints"),
          "set it to the service's base URL, https://HOST/v1 for instance");
  return true;
}

void check_embedder(const embedder_choice& chosen) {
  const std::string section = "service.embedder";
  if (!check_service(section, chosen))
    return;
  require(!chosen.model.model.empty(), needs(section, chosen, "model"),
          "set it to what the service calls the model");
  require(chosen.model.dimensions > 0, needs(section, chosen, "dimensions"),
          "set it to the length of the model's vectors");
  const ingest::hashing_embedder local;
  const auto remote = embedder_name(chosen.model);
  require(
      chosen.mode != service_mode::hybrid || remote == local.name(),
      fmt::format("{}.mode = {} mixes the vectors of {} and {}, which cannot be compared", section,
                  name_of(service_mode_names, chosen.mode), remote, local.name()),
      "use the mode remote, or a service with the local model (model = hashing, dimensions = 384)");
}

void check_parser(const parser_choice& chosen) {
  const std::string section = "service.parser";
  check_service(section, chosen);
  const auto& secret = chosen.webhook_secret;
  check_secret(secret, section + ".webhook_secret");
  require(chosen.webhook_listen.empty() || !secret.env.empty() || !secret.file.empty(),
          "service.parser.webhook_listen needs a secret: without one, any host could call there",
          "set service.parser.webhook_secret_env or webhook_secret_file");
}

void check_http(const http_choice& chosen) {
  require(chosen.certificate.empty() == chosen.key.empty(),
          "one of http.cert and http.key is set without the other", "set both, or none");
}

}  // namespace

void check_relations(const configuration& all, const origins& from, const fault_policy& faults) {
  const relation_checker check{all, from, faults};
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
  const auto& parser = all.values.parser;
  const auto& embedder = all.values.embedder;
  faults.attempt([&] { check_parser(parser); });
  faults.attempt([&] { check_embedder(embedder); });
  faults.attempt([&] { check_http(all.values.http); });
  faults.attempt([&] { check_secret(all.values.telemetry.key, "telemetry.key"); });
  check.require(parser.how.poll_interval <= parser.how.poll_interval_max,
                "service.parser.poll_interval", "at most", "service.parser.poll_interval_max");
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
      if (one.name == "ingest" && stage.name == "parsing" && parser.mode != service_mode::local)
        check.require(parser.service.http.total_timeout < stage.timeout,
                      "service.parser.total_timeout", "less than", prefix + "timeout");
      if (one.name == "ingest" && stage.name == "embedding" && embedder.mode != service_mode::local)
        check.require(embedder.service.http.total_timeout < stage.timeout,
                      "service.embedder.total_timeout", "less than", prefix + "timeout");
    }
}

}  // namespace millrace::app
