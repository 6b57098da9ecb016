#include "pipeline/registry.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <stop_token>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::pipeline;

outcome run(const registry& from, std::string_view spec, std::stop_token stop = {}) {
  return std::get<handler>(from.make(spec).work)(job{}, {time_point{}, std::move(stop)});
}

registry basic() {
  registry all;
  add_basic_handlers(all);
  return all;
}

TEST_CASE("an unknown handler is an error that names the known ones") {
  CHECK_THROWS_WITH(basic().make("nop"), Catch::Contains("fail, noop, sleep"));
}

TEST_CASE("a handler's name is taken once") {
  auto all = basic();
  CHECK_THROWS_WITH(all.add("noop", {}), Catch::Contains("the name is taken"));
}

TEST_CASE("a handler without arguments refuses one") {
  CHECK_THROWS_WITH(basic().make("noop:1"), Catch::Contains("takes no argument"));
}

TEST_CASE("noop advances") { CHECK(std::holds_alternative<advance>(run(basic(), "noop"))); }

TEST_CASE("sleep takes a duration, and advances after it") {
  CHECK(std::holds_alternative<advance>(run(basic(), "sleep:1ms")));
  CHECK_THROWS_WITH(basic().make("sleep:soon"), Catch::Contains("sleep:20ms"));
}

TEST_CASE("a stop ends a sleep without an attempt charged") {
  std::stop_source stop;
  auto answer =
      std::async(std::launch::async, [&] { return run(basic(), "sleep:1h", stop.get_token()); });
  stop.request_stop();
  CHECK(std::holds_alternative<snooze>(answer.get()));
}

TEST_CASE("fail rejects or retries with the code that it is given") {
  CHECK(std::get<reject>(run(basic(), "fail")).code == "FAILED_ON_PURPOSE");
  CHECK(std::get<reject>(run(basic(), "fail:X")).code == "X");
  CHECK(std::get<retry>(run(basic(), "fail:retry")).code == "FAILED_ON_PURPOSE");
  CHECK(std::get<retry>(run(basic(), "fail:retry:X")).code == "X");
}

}  // namespace
