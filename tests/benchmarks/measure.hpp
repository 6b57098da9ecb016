#pragma once

#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>

namespace millrace::tests {

/// `millrace-bench WORDS` as a report.
inline nlohmann::json measure(const sandbox& in, const std::string& words) {
  const auto done = in.shell("cd && millrace-bench " + words + " --json --runs 1 --batch 20");
  INFO(done.err);
  REQUIRE(done.code == 0);
  return nlohmann::json::parse(done.out);
}

/// It has so many figures, each with its spread, and says where they come from.
inline void check(const nlohmann::json& report, std::size_t figures) {
  CHECK(report["figures"].size() == figures);
  CHECK_FALSE(report["machine"].get<std::string>().empty());
  CHECK_FALSE(report["versions"].empty());
  CHECK_FALSE(report["settings"].empty());
  for (const auto& one : report["figures"]) {
    INFO(one.dump());
    CHECK(one["median"].get<double>() >= 0);
    CHECK(one["min"] <= one["median"]);
    CHECK(one["median"] <= one["max"]);
  }
}

}  // namespace millrace::tests
