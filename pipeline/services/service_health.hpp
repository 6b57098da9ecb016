#pragma once

#include "base/time.hpp"
#include "pipeline/services/circuit_breaker.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::pipeline::remote {

/// How an endpoint fares.
struct endpoint_health {
  bool is_out = false;
  /// Since when it is as it is.
  time_point since{};
  /// Empty when nothing is wrong.
  std::string why{};
  std::string url{};
  breaker_state breaker = breaker_state::closed;
};

enum class service_condition : std::uint8_t {
  healthy,
  /// Some endpoints are out.
  degraded,
  /// All are.
  unhealthy,
};

std::string_view to_string(service_condition condition);

/// How a service fares.
struct service_health {
  std::string name;
  service_condition condition = service_condition::healthy;
  /// Since when it is as it is.
  time_point since{};
  /// A sentence about one endpoint that is out; empty when none is.
  std::string why{};
  std::vector<endpoint_health> endpoints{};
};

service_health summarise(std::string name, std::vector<endpoint_health> endpoints);

}  // namespace millrace::pipeline::remote
