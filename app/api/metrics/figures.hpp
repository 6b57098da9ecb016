#pragma once

#include "actors/inspector/protocol/views.hpp"
#include "actors/status/runtime_status.hpp"
#include "app/api/metrics/metrics_text.hpp"
#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/tracing/exporter.hpp"

#include <chrono>
#include <optional>

/// What GET /metrics tells. None of it waits for the database or for an actor that hangs, and a
/// source that is away takes only its own figures with it.
namespace millrace::app::api {

/// Both clocks, read at once.
struct both_clocks {
  time_point wall;
  std::chrono::steady_clock::time_point steady;
};

/// From the operating system: the process, and the disk of the data directory.
void add_process(metrics_text& to);
void add_disk(metrics_text& to, const settings& values);

/// From the memory of the runtime in this process.
void add_runtime(metrics_text& to, const actors::runtime_status& status);
void add_stages(metrics_text& to, const actors::runtime_status& status, const both_clocks& now);
void add_traces(metrics_text& to, const pipeline::tracing::exporter& traces);
/// What the health monitor saw last; nothing before it has looked.
void add_health(metrics_text& to, const actors::runtime_status& status, duration hung_after,
                const both_clocks& now);

/// From the inspector of the runtime that uses the data directory.
void add_health(metrics_text& to, const actors::health_view& seen);
void add_services(metrics_text& to, const actors::services_view& seen);
/// Nothing where the jobs could not be counted: a number that is not true any more hides that.
void add_jobs(metrics_text& to, const actors::stages_view& seen, const pipeline::catalog& known);

}  // namespace millrace::app::api
