#include "storage/claim/claim_order.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::storage;
using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::hours{12}};

/// Jobs by priority, each due so long ago, and a claim of them all.
struct queue {
  std::map<std::int64_t, std::vector<duration>> waited;
  duration ageing = 1min;
  std::vector<std::string> steps;

  std::optional<time_point> head(std::int64_t priority) {
    auto& all = waited.at(priority);
    if (all.empty())
      return std::nullopt;
    return noon - *std::max_element(all.begin(), all.end());
  }

  /// "PRIORITY x JOBS" for each step of the claim.
  std::vector<std::string> claim() {
    claim_order order{ageing, noon};
    for (const auto& [priority, all] : waited)
      order.add({1, priority}, *head(priority));
    while (const auto step = order.next()) {
      auto& all = waited.at(step->of.priority);
      const auto before = all.size();
      std::erase_if(all, [&](duration one) { return noon - one <= step->until; });
      steps.push_back(fmt::format("{} x {}", step->of.priority, before - all.size()));
      REQUIRE(before > all.size());
      order.went(*step, head(step->of.priority));
    }
    return steps;
  }
};

using lines = std::vector<std::string>;

TEST_CASE("what has not waited for long goes by priority") {
  queue all{{{0, {3s, 2s}}, {5, {1s}}, {2, {30s, 0s}}}, 1min, {}};
  CHECK(all.claim() == lines{"5 x 1", "2 x 2", "0 x 2"});
}

TEST_CASE("a job that has waited for a level's time goes before one of the next level") {
  queue all{{{0, {150s, 90s, 10s}}, {2, {1s, 20s}}}, 1min, {}};
  CHECK(all.claim() == lines{"0 x 1", "2 x 2", "0 x 2"});
}

TEST_CASE("of two that count the same the one of higher priority goes first") {
  queue all{{{0, {2min, 1min}}, {1, {1min}}}, 1min, {}};
  CHECK(all.claim() == lines{"1 x 1", "0 x 2"});
}

TEST_CASE("without ageing priority is all that counts") {
  queue all{{{0, {9h}}, {1, {0s}}}, 0s, {}};
  CHECK(all.claim() == lines{"1 x 1", "0 x 1"});
}

TEST_CASE("what is not due is left, and told") {
  claim_order order{1min, noon};
  order.add({1, 3}, noon + 2s);
  order.add({1, 1}, noon + 1s);
  CHECK_FALSE(order.next());
  CHECK(order.next_run_at() == noon + 1s);
  CHECK(order.knows({1, 3}));
  CHECK_FALSE(order.knows({1, 2}));
}

TEST_CASE("old jobs of many priorities that alternate take few steps, the oldest first") {
  queue all{{}, 1min, {}};
  for (int i = 0; i < 10'000; ++i)
    all.waited[i % 4].push_back(10h + std::chrono::milliseconds{i * 37 % 10'000 * 100});
  auto first = all.waited;
  CHECK(all.claim().size() < 60);
  // What counts most of all is in the first step.
  std::int64_t best = 0;
  duration most{0};
  for (const auto& [priority, waited] : first)
    for (const auto one : waited)
      if (one + head_start(priority, 1min) >= most) {
        most = one + head_start(priority, 1min);
        best = priority;
      }
  CHECK_THAT(all.steps.front(), Catch::StartsWith(fmt::format("{} x ", best)));
}

TEST_CASE("the largest priorities and times do not overflow") {
  using limits = std::numeric_limits<int>;
  queue all{{{limits::min(), {24h * 365 * 60}}, {limits::max(), {0s}}}, 24h * 365, {}};
  CHECK(all.claim() ==
        lines{fmt::format("{} x 1", limits::max()), fmt::format("{} x 1", limits::min())});
  CHECK(head_start(-4'000'000'000, 24h * 365) < duration{0});
}

}  // namespace
