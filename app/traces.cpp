#include "app/traces.hpp"

#include "app/authorities.hpp"
#include "app/secret.hpp"
#include "app/version.hpp"
#include "storage/db/connection_pool.hpp"
#include "storage/history/job_traces.hpp"

#include <span>
#include <string>
#include <utility>

namespace millrace::app {

std::shared_ptr<pipeline::tracing::exporter> make_exporter(const settings& values) {
  namespace tracing = pipeline::tracing;
  const auto& chosen = values.telemetry;
  if (chosen.endpoint.empty())
    return nullptr;
  tracing::exporter_settings how{
      .url = tracing::traces_url(chosen.endpoint),
      .key = read_secret("the key of the collector", "telemetry.key", chosen.key),
      .source = {.service_name = chosen.service_name, .version = std::string{version()}},
      .ratio = chosen.ratio};
  check_authorities("telemetry.ca_file", chosen.ca_file);
  how.http.ca_file = chosen.ca_file;
  auto database = values.runtime.database;
  database.pooled = 1;
  const auto connections = std::make_shared<storage::connection_pool>(std::move(database));
  return std::make_shared<tracing::exporter>(
      std::move(how),
      [connections](const tracing::sampler& sampling, std::span<const tracing::traced_job> jobs) {
        return connections->with_connection(
            "cannot read the jobs of traces",
            [&](storage::connection& on) { return storage::read_traces(on, sampling, jobs); });
      });
}

}  // namespace millrace::app
