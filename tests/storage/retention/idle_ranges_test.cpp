#include "storage/retention/idle_ranges.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using millrace::time_point;
using millrace::storage::quiet_ranges;
using namespace std::chrono_literals;

constexpr time_point start{1h};

TEST_CASE("what is quiet is skipped until its time, and nothing else is") {
  quiet_ranges quiet;
  CHECK(quiet.skip(0, start) == 0);
  quiet.remember(0, 1000, 1000, start + 1h);
  quiet.remember(1000, 2000, 1000, start + 2h);
  quiet.remember(3000, 4000, 1000, start + 2h);
  CHECK(quiet.skip(0, start) == 2000);
  CHECK(quiet.skip(500, start) == 500);
  CHECK(quiet.skip(3000, start) == 4000);
  CHECK(quiet.skip(0, start + 1h) == 0);
  CHECK(quiet.skip(1000, start + 1h) == 2000);
  CHECK(quiet.skip(1000, start + 2h) == 1000);
}

TEST_CASE("a range that is remembered takes the place of all that it overlaps") {
  quiet_ranges quiet;
  for (std::int64_t id = 0; id < 5000; id += 1000)
    quiet.remember(id, id + 1000, 900, start + 1h);
  quiet.remember(1000, 3500, 1000, start + 2h);
  CHECK(quiet.skip(0, start) == 3500);
  CHECK(quiet.skip(1000, start + 1h) == 3500);
  // What is left of one that was cut is not known.
  CHECK(quiet.skip(3500, start) == 3500);
  CHECK(quiet.skip(4000, start) == 5000);
}

TEST_CASE("small ranges become one, with the time of the first that ends") {
  quiet_ranges quiet;
  for (std::int64_t id = 0; id < 1'000'000; id += 1000)
    quiet.remember(id, id + 1000, 1, start + 2h);
  CHECK(quiet.size() == 1);
  CHECK(quiet.skip(0, start) == 1'000'000);
  quiet.remember(1'000'000, 1'001'000, 0, start + 1h);
  CHECK(quiet.size() == 1);
  CHECK(quiet.skip(0, start) == 1'001'000);
  CHECK(quiet.skip(0, start + 1h) == 0);
  quiet.remember(1'001'000, 1'002'000, 1, start + 2h);
  CHECK(quiet.size() == 2);
}

}  // namespace
