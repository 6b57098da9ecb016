#include "actors/claim/claim_credit.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

constexpr claim_credit_settings settings{
    .in_flight = 100, .claim_batch = 40, .idle_min = 10ms, .idle_max = 80ms};
constexpr time_point noon{12h};

TEST_CASE("the pacer claims batches until its credit is used up") {
  claim_credit pace{settings};
  for (const int expected : {40, 40}) {
    REQUIRE(pace.next_claim() == expected);
    pace.claiming(expected);
    CHECK(pace.claimed(expected, {}, noon) == 0ms);
  }
  CHECK(pace.used() == 80);
  CHECK(pace.next_claim() == 0);  // 20 are not worth a write
  pace.given_back(5);
  CHECK(pace.next_claim() == 25);
}

TEST_CASE("one claim is under way at a time") {
  claim_credit pace{settings};
  pace.claiming(pace.next_claim());
  CHECK(pace.next_claim() == 0);
  CHECK(pace.claim_under_way());
}

TEST_CASE("the wait after claims that find nothing doubles up to its maximum, and starts again") {
  claim_credit pace{settings};
  const auto claim = [&](int got) {
    pace.claiming(40);
    return pace.claimed(got, {}, noon);
  };
  CHECK(claim(0) == 10ms);
  CHECK(claim(0) == 20ms);
  CHECK(claim(0) == 40ms);
  CHECK(claim(0) == 80ms);
  CHECK(claim(0) == 80ms);
  CHECK(claim(3) == 10ms);
  CHECK(claim(0) == 20ms);
}

TEST_CASE("a job that waits for its time is not overslept") {
  claim_credit pace{{.in_flight = 10, .claim_batch = 10, .idle_min = 10ms, .idle_max = 10s}};
  duration last{0};
  for (int i = 0; i < 12; ++i) {
    pace.claiming(10);
    last = pace.claimed(0, noon + 3s, noon);
  }
  CHECK(last == 3s);
}

TEST_CASE("nothing is left only when nothing came, nothing waits and nothing is in flight") {
  claim_credit pace{settings};
  const auto claim = [&](int got, std::optional<time_point> next_run_at = {}) {
    pace.claiming(40);
    pace.claimed(got, next_run_at, noon);
  };
  CHECK_FALSE(pace.nothing_left());
  claim(2);
  claim(0);
  CHECK_FALSE(pace.nothing_left());  // two are at work
  pace.given_back(2);
  CHECK_FALSE(pace.nothing_left());  // they may wait for another attempt
  claim(0, noon + 1h);
  CHECK_FALSE(pace.nothing_left());
  claim(0);
  CHECK(pace.nothing_left());
  pace.claiming(40);
  pace.claimed(0, {}, noon, true);
  CHECK_FALSE(pace.nothing_left());  // another runtime may lose what it has
}

TEST_CASE("a claim that was not made changes nothing but that the next one may go out") {
  claim_credit pace{settings};
  pace.claiming(40);
  CHECK(pace.claimed(0, {}, noon) == 10ms);
  REQUIRE(pace.nothing_left());
  pace.claiming(40);
  pace.unchanged();
  CHECK(pace.nothing_left());
  CHECK(pace.next_claim() == 40);
  pace.claiming(40);
  CHECK(pace.claimed(0, {}, noon) == 20ms);
}

TEST_CASE("a runtime that may hold one job claims one") {
  claim_credit pace{{.in_flight = 1, .claim_batch = 1000, .idle_min = 10ms, .idle_max = 10ms}};
  CHECK(pace.next_claim() == 1);
  pace.claiming(1);
  pace.claimed(1, {}, noon);
  CHECK(pace.next_claim() == 0);
  pace.given_back(1);
  CHECK(pace.next_claim() == 1);
}

TEST_CASE("payloads that fill the memory stop claims until jobs have gone") {
  claim_credit pace{{.in_flight = 100,
                     .in_flight_bytes = 1000,
                     .claim_batch = 40,
                     .idle_min = 10ms,
                     .idle_max = 10ms}};
  pace.claiming(40);
  pace.claimed(2, {}, noon);
  pace.loaded(600);
  CHECK(pace.bytes_left() == 400);
  pace.loaded(700);
  CHECK(pace.bytes_left() == 0);
  CHECK(pace.next_claim() == 0);
  CHECK(pace.overdue_claim() == 0);
  pace.given_back(1, 600);
  CHECK(pace.bytes_left() == 300);
  CHECK(pace.next_claim() == 40);
}

TEST_CASE("the wait goes on growing while what comes fills the room that there is") {
  claim_credit pace{settings};
  const auto claim = [&](int got) {
    pace.claiming(40);
    return pace.claimed(got, {}, noon, true);
  };
  CHECK(claim(3) == 10ms);
  CHECK(claim(3) == 20ms);
  CHECK(claim(3) == 40ms);
}

}  // namespace
