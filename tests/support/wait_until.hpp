#pragma once

#include <catch2/catch.hpp>

#include <chrono>

namespace millrace::tests {

/// Asks until it holds. Fails the test after a minute.
template <class Condition>
void wait_until(Condition holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!holds())
    REQUIRE(std::chrono::steady_clock::now() < deadline);
}

}  // namespace millrace::tests
