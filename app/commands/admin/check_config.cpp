#include "app/commands/admin/check_config.hpp"

#include "app/handlers.hpp"
#include "app/services.hpp"
#include "app/traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace millrace::app {
namespace {

/// The line of "FILE:LINE"; beyond every line for another place.
std::size_t line_of(const std::string& where) {
  const auto digits = where.find_last_not_of("0123456789") + 1;
  const bool has_line = digits > 0 && digits < where.size() && where[digits - 1] == ':';
  return has_line ? std::stoul(where.substr(digits)) : std::string::npos;
}

/// Where the setting was set; empty for a default.
std::string place_of(const configuration& config, const std::string& key) {
  for (const auto& one : config.listing)
    if (one.key == key)
      return one.origin == "default" ? "" : one.origin;
  return "";
}

void look_for_file(const configuration& config, const std::string& key,
                   const std::filesystem::path& file, std::vector<fault>& faults) {
  if (!std::ifstream{file})
    faults.push_back({place_of(config, key), fmt::format("{} cannot be read", key),
                      fmt::format("{}: {}", file.string(), std::strerror(errno)),
                      fmt::format("set {} to a file that millrace may read", key)});
}

void look_for_certificates(const configuration& config, std::vector<fault>& faults) {
  const auto& values = config.values;
  if (!values.http.certificate.empty() && values.http.listen != "off") {
    look_for_file(config, "http.cert", values.http.certificate, faults);
    look_for_file(config, "http.key", values.http.key, faults);
  }
  if (values.runtime.inspector_enabled && !values.runtime.inspector_listen.empty()) {
    const auto& files = values.runtime.inspector_files;
    look_for_file(config, "inspector.cert", files.certificate, faults);
    look_for_file(config, "inspector.key", files.key, faults);
    look_for_file(config, "inspector.ca", files.authority, faults);
  }
}

/// The handlers that stages can name, whatever is wrong with services.
pipeline::registry make_handlers(const invocation& call) {
  configuration plain;
  plain.values = call.config.values;
  plain.values.parser.mode = plain.values.embedder.mode = service_mode::local;
  plain.values.parser.webhook_listen.clear();
  plain.values.telemetry.endpoint.clear();
  return make_parts(plain, call.machine_time, call.handlers).handlers;
}

void try_handler(const configuration& config, const pipeline::registry& handlers,
                 const std::string& pipeline, const pipeline::stage_definition& stage,
                 std::vector<fault>& faults) {
  try {
    handlers.make(stage.handler, {pipeline, stage});
  } catch (const millrace::error& bad) {
    const auto key = fmt::format("stage.{}.{}.handler", pipeline, stage.name);
    faults.push_back({place_of(config, key), bad.summary(), bad.why(), bad.next()});
  }
}

}  // namespace

std::vector<fault> find_faults(const invocation& call) {
  auto faults = call.faults;
  const auto& values = call.config.values;
  const fault_policy noting{&faults};
  noting.attempt([&] { make_parser(values, call.machine_time); });
  noting.attempt([&] { make_embedder(values, call.machine_time); });
  noting.attempt([&] { make_webhooks(values); });
  noting.attempt([&] { make_exporter(values); });
  look_for_certificates(call.config, faults);
  noting.attempt([&] {
    const auto handlers = make_handlers(call);
    for (const auto& one : call.config.pipelines)
      for (const auto& stage : one.stages)
        if (!stage.handler.empty())
          try_handler(call.config, handlers, one.name, stage, faults);
  });
  std::stable_sort(faults.begin(), faults.end(), [](const fault& one, const fault& other) {
    return line_of(one.where) < line_of(other.where);
  });
  return faults;
}

}  // namespace millrace::app
