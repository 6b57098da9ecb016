#pragma once

#include "actors/protocol.hpp"
#include "actors/status/runtime_status.hpp"
#include "base/os/service_manager.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace millrace::actors {

/// What a service manager hears of a runtime: READY=1 when all components have reported
/// init-complete, STOPPING=1, and with each beat a line of status and, while the supervisor
/// answers, WATCHDOG=1.
class service_pulse {
 public:
  /// The status outlives it.
  service_pulse(const service_manager& manager, std::shared_ptr<runtime_status> status);

  /// The phase has changed. From any thread.
  void enter(runtime_phase phase) const;

  /// How long until the next beat; negative, as poll(2) takes it, without a service manager.
  int interval_ms() const;

  /// Asks the supervisor, and tells when it answers within half of the interval.
  void beat(caf::actor_system& system, const supervisor_actor& supervisor) const;

  /// Reloads, and tells when that begins and ends.
  void around_reload(const std::function<void()>& reload) const;

 private:
  std::string describe() const;

  const service_manager& manager_;
  std::shared_ptr<runtime_status> status_;
};

}  // namespace millrace::actors
