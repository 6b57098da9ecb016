#include "app/error.hpp"
#include "app/settings/load.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

app::configuration load_ini(const std::string& text) {
  const tests::sandbox in;
  return app::load({in.write("m.ini", text), {{"HOME", "/home/ada"}}, {}, {}});
}

std::string refused(const std::string& text) {
  try {
    load_ini(text);
  } catch (const millrace::error& bad) {
    return bad.why() + "; " + bad.next();
  }
  return {};
}

TEST_CASE("tenants have what [tenants] says, but for what is said of one") {
  const auto runtime = load_ini(
                           "[tenant.acme]\nweight = 4\nrate_limit = 100/s\n"
                           "[tenants]\nconcurrency_limit = 7\n")
                           .values.runtime;
  CHECK(runtime.other_tenants.weight == 1);
  CHECK(runtime.other_tenants.limit.concurrency == 7);
  const auto& acme = runtime.tenants.at("acme");
  CHECK(acme.weight == 4);
  CHECK(acme.limit.concurrency == 7);
  CHECK(acme.limit.starts == pipeline::rate{100, 1s});
}

TEST_CASE("what holds for a tenant is listed with its source") {
  const auto all = load_ini("[tenant.acme]\nweight = 4\n");
  std::string said;
  for (const auto& one : all.listing)
    if (one.key == "tenant.acme.weight")
      said = one.value + " " + one.origin;
  CHECK_THAT(said, Catch::StartsWith("4 ") && Catch::Contains("m.ini:2"));
}

TEST_CASE("what a tenant cannot have is refused") {
  CHECK_THAT(refused("[tenant.acme]\nweight = 0\n"), Catch::Contains("1 to 1000"));
  CHECK_THAT(refused("[tenant.acme]\nrate_limit = fast\n"), Catch::Contains("100/s"));
  CHECK_THAT(refused("[tenant.acme]\nwheight = 2\n"), Catch::Contains("tenant.acme.weight"));
  CHECK_THAT(refused("[tenant.Acme Corp]\nweight = 2\n"), Catch::Contains("tenant.NAME."));
}

TEST_CASE("a stage has limits") {
  const auto all = load_ini(
      "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = noop\n"
      "concurrency_limit = 3\nrate_limit = 5/m\n");
  const auto& limit = all.pipelines.back().stages.front().limit;
  CHECK(limit.concurrency == 3);
  CHECK(limit.starts == pipeline::rate{5, 1min});
}

}  // namespace
