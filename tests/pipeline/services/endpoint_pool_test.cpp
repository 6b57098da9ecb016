#include "pipeline/services/endpoint_pool.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::pipeline::remote;
using namespace std::chrono_literals;

namespace {

constexpr time_point start = from_us(1'000'000'000'000);
constexpr breaker_settings quick{.failures = 2, .window = 1min, .cool_down = 10s};

using pass = endpoint_pool::pass;
using closed = endpoint_pool::closed;

pass let_through(endpoint_pool& pool, time_point now = start, std::int64_t tokens = 1) {
  auto chosen = pool.choose(tokens, now);
  REQUIRE(std::holds_alternative<pass>(chosen));
  return std::get<pass>(chosen);
}

closed kept_out(endpoint_pool& pool, time_point now = start, std::int64_t tokens = 1) {
  auto chosen = pool.choose(tokens, now);
  REQUIRE(std::holds_alternative<closed>(chosen));
  return std::get<closed>(chosen);
}

void fail_twice(endpoint_pool& pool, const std::string& url, time_point now = start) {
  for (int i = 0; i < 2; ++i) {
    const auto call = let_through(pool, now);
    REQUIRE(pool.url_of(call) == url);
    pool.ended(call, {.what = net::verdict::transient, .why = url + " answered 503"}, now);
  }
}

TEST_CASE("endpoints of the same priority share the calls by weight") {
  endpoint_pool pool{{{"a", 0, 3}, {"b", 0, 1}}, {}, quick};
  std::map<std::string, int> calls;
  std::string order;
  for (int i = 0; i < 8; ++i) {
    const auto call = let_through(pool);
    ++calls[pool.url_of(call)];
    order += pool.url_of(call);
    pool.ended(call, {}, start);
  }
  CHECK(calls["a"] == 6);
  CHECK(calls["b"] == 2);
  CHECK(order == "aabaaaba");
}

TEST_CASE("the next priority is used only while none of the first is in order") {
  endpoint_pool pool{{{"second", 1, 1}, {"first", 0, 1}}, {.concurrent = 1}, quick};
  SECTION("an endpoint that is busy is waited for") {
    const auto call = let_through(pool);
    CHECK(pool.url_of(call) == "first");
    CHECK_FALSE(kept_out(pool).is_out);
  }
  SECTION("an endpoint that is out is not, until it is back") {
    fail_twice(pool, "first");
    const auto call = let_through(pool);
    CHECK(pool.url_of(call) == "second");
    pool.ended(call, {}, start);
    const auto probe = let_through(pool, start + 10s);
    CHECK(pool.url_of(probe) == "first");
    pool.ended(probe, {}, start + 10s);
    CHECK(pool.url_of(let_through(pool, start + 11s)) == "first");
  }
  SECTION("when all are out, the wait is for the one that is back first, and says why") {
    fail_twice(pool, "first");
    fail_twice(pool, "second", start + 4s);
    const auto none = kept_out(pool, start + 5s);
    CHECK(none.is_out);
    CHECK(none.wait == 5s);
    CHECK(none.why == "first answered 503");
  }
}

TEST_CASE("a call that failed is made at another endpoint if there is one") {
  SECTION("there is") {
    endpoint_pool pool{{{"a", 0, 1}, {"b", 1, 1}}, {}, quick};
    const auto chosen = pool.choose(1, start, 0);
    CHECK(pool.url_of(std::get<pass>(chosen)) == "b");
  }
  SECTION("there is none") {
    endpoint_pool pool{{{"a", 0, 1}}, {}, quick};
    const auto chosen = pool.choose(1, start, 0);
    CHECK(pool.url_of(std::get<pass>(chosen)) == "a");
  }
}

TEST_CASE(
    "limits hold for each endpoint: calls at once, requests in a second, tokens in a minute") {
  SECTION("calls at once") {
    endpoint_pool pool{{{"a", 0, 1}}, {.concurrent = 2}, quick};
    const auto call = let_through(pool);
    let_through(pool);
    CHECK_FALSE(kept_out(pool).is_out);
    pool.ended(call, {}, start);
    let_through(pool);
  }
  SECTION("requests") {
    endpoint_pool pool{{{"a", 0, 1}}, {.concurrent = 9, .requests_per_second = 2}, quick};
    let_through(pool);
    let_through(pool);
    CHECK(kept_out(pool).wait == 500ms);
    let_through(pool, start + 500ms);
  }
  SECTION("tokens, as the service counts them in the end") {
    endpoint_pool pool{{{"a", 0, 1}}, {.concurrent = 9, .tokens_per_minute = 600}, quick};
    const auto call = let_through(pool, start, 600);
    CHECK(kept_out(pool, start, 100).wait == 10s);
    pool.ended(call, {.what = net::verdict::fine, .tokens = 500}, start);
    let_through(pool, start, 100);
  }
}

TEST_CASE("a service that wants fewer requests is left alone for as long as it says") {
  endpoint_pool pool{{{"a", 0, 1}}, {}, quick};
  for (int i = 0; i < 5; ++i) {
    const auto now = start + i * 7s;
    pool.ended(let_through(pool, now),
               {.what = net::verdict::throttled, .retry_after = 7s, .why = "slow down"}, now);
    CHECK(kept_out(pool, now).wait == 7s);
    CHECK(kept_out(pool, now).why == "slow down");
  }
  CHECK(pool.states()[0].state == breaker_state::closed);
}

TEST_CASE("answers that cannot be used, or that refuse, show that the endpoint is alive") {
  endpoint_pool pool{{{"a", 0, 1}}, {}, quick};
  for (const auto what : {net::verdict::transient, net::verdict::refused, net::verdict::transient,
                          net::verdict::malformed, net::verdict::transient, net::verdict::fine})
    pool.ended(let_through(pool), {.what = what}, start);
  CHECK(pool.states()[0].state == breaker_state::closed);
}

TEST_CASE("an endpoint that is out says since when and why") {
  endpoint_pool pool{{{"a", 0, 1}}, {}, quick};
  fail_twice(pool, "a", start + 3s);
  const auto state = pool.states().at(0);
  CHECK(state.state == breaker_state::open);
  CHECK(state.since == start + 3s);
  CHECK(state.why == "a answered 503");
}

}  // namespace
