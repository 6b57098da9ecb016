#include "actors/claim/intake.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

TEST_CASE("a stage whose speed is not known is given as much again as it can begin") {
  const intake of{2, 4000, 1000};
  CHECK(of.enough() == 4);
  CHECK(of.room() == 4);
  CHECK(of.is_hungry());
}

TEST_CASE("a stage is given what its handlers begin within a short time") {
  intake of{2, 4000, 1000};
  of.learn(1, 1ms, 1);
  CHECK(of.enough() == 50);
  of.learn(1000, 1ms, 1000);
  CHECK(of.enough() > 50);
  intake slow{2, 4000, 1000};
  slow.learn(1, 10s, 1);
  CHECK(slow.enough() == 4);
  intake quick{2, 4000, 1000};
  quick.learn(1000, 1ms, 1000);
  CHECK(quick.enough() == 4000);
  intake in_batches{4, 4000, 1000};
  in_batches.learn(64, 5s, 64);
  CHECK(in_batches.enough() == 512);
}

TEST_CASE("what is on its way to a stage counts as what it holds") {
  intake of{2, 4000, 1000};
  of.learn(1, 10ms, 1);
  REQUIRE(of.enough() == 5);
  of.sent(3);
  CHECK(of.room() == 2);
  CHECK(of.is_hungry());
  of.arrived(3);
  of.holds(4);
  CHECK(of.room() == 1);
  CHECK_FALSE(of.is_hungry());
  of.sent(8);
  CHECK(of.room() == 0);
  CHECK(of.has_too_much());
  of.begin();
  CHECK(of.held() == 0);
}

TEST_CASE("a stage has no room that those behind it do not have") {
  intakes all(2);
  for (const int concurrency : {8, 2, 4})
    all[0].push_back(std::make_shared<intake>(concurrency, 4000, 1000));
  all[1].push_back(std::make_shared<intake>(1, 4000, 1000));
  all[0][1]->holds(3);
  auto rooms = rooms_of(all);
  CHECK(rooms.at({0, 0}) == 1);
  CHECK(rooms.at({0, 1}) == 1);
  CHECK(rooms.at({0, 2}) == 8);
  CHECK(rooms.at({1, 0}) == 2);
}

TEST_CASE("a claim for a stage is worth its write when it is for all behind it, too") {
  intakes all(1);
  for (const int concurrency : {8, 2})
    all[0].push_back(std::make_shared<intake>(concurrency, 4000, 1000));
  CHECK(is_hungry(all, {0, 0}));
  all[0][1]->holds(3);
  CHECK(all[0][0]->is_hungry());
  CHECK_FALSE(is_hungry(all, {0, 0}));
  all[0][1]->holds(2);
  CHECK(is_hungry(all, {0, 0}));
}

}  // namespace
