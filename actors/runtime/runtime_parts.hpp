#pragma once

#include "actors/runtime/runtime_settings.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/registry.hpp"
#include "pipeline/services/service.hpp"
#include "pipeline/tracing/exporter.hpp"
#include "pipeline/troubles.hpp"
#include "storage/runtimes/schedules.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace millrace::actors {

class runtime_status;

/// A server of an application, which works beside the tree of actors from its construction on.
class background_server {
 public:
  virtual ~background_server() = default;
  /// False when its threads have not ended in time and must not be waited for.
  virtual bool stop(duration patience) = 0;
};

/// What a background server is made of; all of it outlives the server.
struct server_setup {
  const runtime_settings& settings;
  const pipeline::catalog& pipelines;
  /// The time of this machine, and that of the database.
  const millrace::clock& machine_time;
  const millrace::clock& database_time;
  /// What the actors do.
  std::shared_ptr<const runtime_status> status;
};

/// What an application adds to a runtime.
struct runtime_parts {
  pipeline::catalog pipelines;
  pipeline::registry handlers;
  std::vector<storage::schedule> schedules;
  /// Puts what the handlers ask for their work where they look it up; may be null. The service
  /// router calls it each time it starts.
  std::function<void()> provide_services{};
  /// The services that are reached over a network; the router probes them.
  std::vector<std::shared_ptr<pipeline::remote::service>> remote;
  /// What is out of order, as the handlers and the check find it; never null.
  std::shared_ptr<pipeline::troubles> troubles = std::make_shared<pipeline::troubles>();
  /// Looks for programs and folders that the stages need, and tells the troubles; may be null. It
  /// is called now and then from a thread of its own.
  std::function<void()> check_installation{};
  /// Cleans up what killed processes left, once, beside the work, until it is told to stop; may be
  /// null.
  std::function<void(const std::stop_token&)> clean_up{};
  /// Reads the settings again, and takes over what can be changed in a running process; may be
  /// null. It is called on SIGHUP, and logs what it did.
  std::function<void()> reload{};
  /// Where the spans of jobs go; null where none are made.
  std::shared_ptr<pipeline::tracing::exporter> traces{};
  /// Each may answer null where its server is not wanted.
  std::vector<std::function<std::unique_ptr<background_server>(const server_setup&)>> servers{};
};

}  // namespace millrace::actors
