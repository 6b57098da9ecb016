#include "actors/supervision/restart_policy.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using millrace::actors::restart_policy;
using namespace std::chrono_literals;

TEST_CASE("a child is restarted with a growing wait, until it crashes too often") {
  restart_policy policy{3, 60s};
  CHECK(policy.crashed(1s) == 100ms);
  CHECK(policy.crashed(2s) == 200ms);
  CHECK(policy.crashed(3s) == 400ms);
  CHECK_FALSE(policy.crashed(4s));
}

TEST_CASE("crashes are forgotten after the window") {
  restart_policy policy{1, 60s};
  CHECK(policy.crashed(0s) == 100ms);
  CHECK(policy.crashed(61s) == 100ms);
  CHECK_FALSE(policy.crashed(62s));
}

}  // namespace
