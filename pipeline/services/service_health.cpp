#include "pipeline/services/service_health.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::pipeline::remote {

std::string_view to_string(service_condition condition) {
  constexpr std::array names{"healthy", "degraded", "unhealthy"};
  return names.at(static_cast<std::size_t>(condition));
}

service_health summarise(std::string name, std::vector<endpoint_health> endpoints) {
  const auto out =
      std::count_if(endpoints.begin(), endpoints.end(), [](const auto& one) { return one.is_out; });
  service_health answer{.name = std::move(name)};
  if (out > 0)
    answer.condition = static_cast<std::size_t>(out) == endpoints.size()
                           ? service_condition::unhealthy
                           : service_condition::degraded;
  // It became what it is with the last endpoint that changed to what that is made of.
  const bool counts_out = out > 0;
  for (const auto& one : endpoints)
    if (one.is_out == counts_out && one.since >= answer.since) {
      answer.since = one.since;
      answer.why = one.why;
    }
  answer.endpoints = std::move(endpoints);
  return answer;
}

}  // namespace millrace::pipeline::remote
