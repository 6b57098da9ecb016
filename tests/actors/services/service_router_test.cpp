#include "actors/inspector/protocol/requests.hpp"
#include "pipeline/services/service.hpp"
#include "tests/support/http_server/test_http_server.hpp"
#include "tests/support/virtual_runtime.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

std::shared_ptr<pipeline::remote::service> service_at(tests::virtual_runtime& runtime,
                                                      const std::string& url) {
  return std::make_shared<pipeline::remote::service>(
      "embedder", pipeline::remote::service_settings{.endpoints = {{url}}, .probe_interval = 10s},
      "", runtime.time());
}

TEST_CASE("services are probed on their own schedule, and a dead one degrades the runtime") {
  tests::test_http_server server;
  tests::virtual_runtime runtime;
  runtime.pipelines = {{"p", {{.name = "a", .handler = "noop"}}}};
  runtime.remote = {service_at(runtime, server.url())};
  runtime.start();
  REQUIRE(runtime.is_running());
  runtime.pass(30s);
  const auto health = [&] {
    return runtime.inspect<actors::health_view>(actors::get_health_view{});
  };
  CHECK(health().state == "healthy");
  server.end();
  runtime.pass(20s);
  CHECK(health().state == "degraded");
  REQUIRE(health().reasons.size() == 1);
  CHECK_THAT(health().reasons[0], Catch::StartsWith("the service embedder is unhealthy since ") &&
                                      Catch::Contains(server.url() + "/models could not be"));
  // What does not need it goes on.
  const auto id = runtime.submit(1).front();
  runtime.pass(1s);
  CHECK(runtime.job(id).state == pipeline::job_state::done);
}

TEST_CASE("a router that crashed probes again") {
  tests::test_http_server server;
  tests::virtual_runtime runtime;
  runtime.pipelines = {{"p", {{.name = "a", .handler = "noop"}}}};
  runtime.remote = {service_at(runtime, server.url())};
  runtime.start();
  runtime.pass(20s);
  runtime.crash("service_router");
  server.end();
  runtime.pass(30s);
  const auto health = runtime.inspect<actors::health_view>(actors::get_health_view{});
  REQUIRE(health.reasons.size() == 1);
  CHECK_THAT(health.reasons[0], Catch::StartsWith("the service embedder is unhealthy"));
}

}  // namespace
