#include "pipeline/services/service_health.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::pipeline::remote;

namespace {

TEST_CASE("a service is as healthy as its endpoints, since the last of them changed") {
  const endpoint_health well{false, from_us(5), ""};
  const endpoint_health out{true, from_us(7), "a is away"};
  const endpoint_health out_later{true, from_us(9), "b is away"};
  const auto healthy = summarise("s", {well, well});
  CHECK(healthy.condition == service_condition::healthy);
  CHECK(healthy.since == from_us(5));
  CHECK(healthy.why.empty());
  const auto degraded = summarise("s", {out, well});
  CHECK(to_string(degraded.condition) == "degraded");
  CHECK(degraded.since == from_us(7));
  CHECK(degraded.why == "a is away");
  const auto unhealthy = summarise("s", {out_later, out});
  CHECK(unhealthy.condition == service_condition::unhealthy);
  CHECK(unhealthy.since == from_us(9));
  CHECK(unhealthy.why == "b is away");
  REQUIRE(unhealthy.endpoints.size() == 2);
  CHECK(unhealthy.endpoints[1].why == "a is away");
}

}  // namespace
