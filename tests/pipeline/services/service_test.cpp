#include "pipeline/services/service.hpp"

#include "tests/support/http_server/test_http_server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::pipeline::remote;
using namespace std::chrono_literals;
using millrace::tests::test_http_server;

namespace {

/// One service at endpoints of which the test may end some.
struct fixture {
  test_http_server server;
  system_clock time;
  service_settings settings{.endpoints = {{server.url()}},
                            .http = {.read_timeout = 300ms, .total_timeout = 5s},
                            .limits = {.concurrent = 8},
                            .breaker = {.failures = 3, .window = 1min, .cool_down = 500ms}};

  service make() const { return {"embedder", settings, "sk-key", time}; }
};

service::result ask(service& of, const std::stop_token& stop = {}) {
  return of.make(
      {"/embeddings", R"({"input": ["a"]})", 10},
      [](std::string_view body) -> service::reading {
        return {body.find("\"data\"") == body.npos ? "it is garbage" : "", 3};
      },
      stop);
}

std::string code_of(const service::result& what) {
  if (const auto* failed = std::get_if<retry>(&what))
    return "retry " + failed->code;
  if (const auto* refused = std::get_if<reject>(&what))
    return "reject " + refused->code;
  return std::holds_alternative<snooze>(what) ? "snooze" : "answered";
}

std::string why_of(const service::result& what) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.why; })
          return one.why;
        else
          return {};
      },
      what);
}

TEST_CASE(
    "what a service does decides what becomes of the job, after a second try where it helps") {
  struct row {
    const char* script;
    const char* expected;
    int requests;
  };
  constexpr std::array table{
      row{"ok", "answered", 1},
      row{"status:503 ok", "answered", 2},
      row{"hang ok", "answered", 2},
      row{"reset ok", "answered", 2},
      row{"truncate ok", "answered", 2},
      row{"garbage ok", "answered", 2},
      row{"status:503 status:500", "retry SERVICE_FAILED", 2},
      row{"hang hang", "snooze", 2},
      row{"reset reset", "snooze", 2},
      row{"status:503:2", "retry SERVICE_FAILED", 1},
      row{"status:429", "retry SERVICE_BUSY", 1},
      row{"status:429:3", "retry SERVICE_BUSY", 1},
      row{"garbage garbage", "reject SERVICE_ANSWER", 2},
      row{"status:400", "reject SERVICE_REFUSED", 1},
      row{"status:413", "reject SERVICE_REFUSED", 1},
      row{"status:401", "snooze", 1},
      row{"status:402", "snooze", 1},
      row{"status:403 status:403", "snooze", 2},
      row{"status:404 status:404", "snooze", 2},
      row{"status:405 status:405", "snooze", 2},
      row{"status:301 status:301", "snooze", 2},
      row{"status:403 ok", "answered", 2},
  };
  for (const auto& [script, expected, requests] : table) {
    INFO(script);
    fixture f;
    f.server.tell(std::string{"next "} + script);
    auto under_test = f.make();
    CHECK(code_of(ask(under_test)) == expected);
    CHECK(f.server.asked().requests == requests);
  }
}

TEST_CASE("a failure says which endpoint, which status and how long, and what the service said") {
  fixture f;
  auto under_test = f.make();
  f.server.tell("next status:400");
  const auto why = why_of(ask(under_test));
  CHECK_THAT(why, Catch::StartsWith(f.server.url() + "/embeddings answered 400 after 0."));
  CHECK_THAT(why, Catch::EndsWith(" s: as it was told"));
  f.server.tell("next garbage garbage");
  CHECK_THAT(why_of(ask(under_test)), Catch::EndsWith(" s, but it is garbage"));
  f.server.tell("next echo-key");
  CHECK_THAT(why_of(ask(under_test)), Catch::Contains("bad: Bearer ***; check "));
}

TEST_CASE("a service that refuses the key is out: no job is charged, and it goes on by itself") {
  fixture f;
  auto under_test = f.make();
  const auto* status = GENERATE("401", "403", "404");
  f.server.tell(std::string{"always status:"} + status);
  for (int i = 0; i < 20; ++i) {
    const auto later = ask(under_test);
    REQUIRE(code_of(later) == "snooze");
    CHECK(std::get<snooze>(later).code == "OUT_OF_ORDER");
    CHECK_THAT(why_of(later), Catch::StartsWith("the service embedder refuses all requests: ") &&
                                  Catch::Contains(std::string{" answered "} + status) &&
                                  Catch::Contains("; check service.embedder."));
  }
  CHECK(under_test.health().condition == service_condition::unhealthy);
  CHECK_THAT(under_test.health().why, Catch::Contains(std::string{" answered "} + status));
  f.server.tell("always ok");
  auto later = ask(under_test);
  while (code_of(later) != "answered") {
    while (f.time.now() < std::get<snooze>(later).until)
      std::this_thread::yield();
    later = ask(under_test);
  }
  CHECK(under_test.health().condition == service_condition::healthy);
}

TEST_CASE("a document that a service forbids while it answers others is that document's failure") {
  fixture f;
  auto under_test = f.make();
  std::vector<std::string> fates;
  for (int i = 0; i < 3; ++i) {
    f.server.tell("next status:403 status:403");
    fates.push_back(code_of(ask(under_test)));
    CHECK(code_of(ask(under_test)) == "answered");
  }
  CHECK(fates ==
        std::vector<std::string>{"snooze", "reject SERVICE_REFUSED", "reject SERVICE_REFUSED"});
  CHECK(under_test.health().condition == service_condition::healthy);
}

TEST_CASE("an endpoint that refuses all requests costs no document that another one takes") {
  test_http_server second;
  fixture f;
  f.settings.endpoints = {{f.server.url(), 0, 1}, {second.url(), 0, 1}};
  f.server.tell("always status:403");
  auto under_test = f.make();
  for (int i = 0; i < 20; ++i)
    CHECK(code_of(ask(under_test)) == "answered");
  CHECK(under_test.health().condition == service_condition::degraded);
}

TEST_CASE("a key that was replaced is read again when the old one is refused") {
  fixture f;
  f.settings.breaker.cool_down = 1ms;
  auto under_test = f.make();
  under_test.read_key_with([] { return std::string{"sk-new"}; });
  f.server.tell("next status:401 echo-key");
  CHECK(code_of(ask(under_test)) == "snooze");
  const auto deadline = f.time.now() + 10s;
  auto later = ask(under_test);
  while (f.time.now() < deadline && why_of(later).find("Bearer") == std::string::npos)
    later = ask(under_test);
  // The new one is blotted out as well.
  CHECK_THAT(why_of(later), Catch::Contains("Bearer ***"));
  CHECK(under_test.without_key("sk-new") == "***");
}

TEST_CASE("the wait that the service asks for is the job's") {
  fixture f;
  auto under_test = f.make();
  f.server.tell("next status:503:7");
  CHECK(std::get<retry>(ask(under_test)).after == 7s);
  f.server.tell("next status:429:9");
  CHECK(std::get<retry>(ask(under_test)).after == 9s);
  // No other job asks before that either.
  const auto other = std::get<snooze>(ask(under_test));
  CHECK(other.until - f.time.now() > 8s);
  CHECK_THAT(other.why,
             Catch::Contains("the service embedder is out: ") && Catch::Contains("answered 429"));
}

TEST_CASE("a service that is out is not asked, no job is charged, and one call finds it back") {
  fixture f;
  auto under_test = f.make();
  f.server.tell("down");
  std::vector<std::string> fates;
  for (int i = 0; i < 20; ++i)
    fates.push_back(code_of(ask(under_test)));
  CHECK(fates == std::vector<std::string>(20, "snooze"));
  CHECK(under_test.health().condition == service_condition::unhealthy);
  CHECK_THAT(under_test.health().why, Catch::Contains(f.server.url()));

  f.server.tell("up");
  auto later = std::get<snooze>(ask(under_test));
  CHECK_THAT(later.why, Catch::Contains("broke the connection off"));
  while (f.time.now() < later.until)
    std::this_thread::yield();
  CHECK(code_of(ask(under_test)) == "answered");
  CHECK(under_test.health().condition == service_condition::healthy);
  CHECK(f.server.asked().requests == 1);
}

TEST_CASE("calls at once that find a service out are sent away together, without a charge") {
  fixture f;
  f.settings.breaker.cool_down = 1min;
  f.server.tell("always hang");
  auto under_test = f.make();
  std::atomic<int> charged = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { charged += code_of(ask(under_test)) == "snooze" ? 0 : 1; });
  for (auto& one : threads)
    one.join();
  CHECK(charged == 0);
  CHECK(f.server.asked().requests == 8);
}

TEST_CASE("a job that fails while others succeed is charged") {
  fixture f;
  f.settings.http.read_timeout = 1s;
  auto under_test = f.make();
  f.server.tell("next hang hang");
  std::atomic<bool> ended = false;
  std::string fate;
  std::thread unlucky{[&] {
    fate = code_of(ask(under_test));
    ended = true;
  }};
  while (f.server.asked().requests < 2)
    std::this_thread::yield();
  while (!ended)
    CHECK(code_of(ask(under_test)) == "answered");
  unlucky.join();
  CHECK(fate == "retry SERVICE_FAILED");
}

TEST_CASE("another endpoint takes over, at once and for as long as the first is out") {
  test_http_server second;
  fixture f;
  f.settings.endpoints = {{f.server.url(), 0, 1}, {second.url(), 1, 1}};
  f.settings.breaker.cool_down = 1h;
  auto under_test = f.make();
  CHECK(code_of(ask(under_test)) == "answered");
  CHECK(second.asked().requests == 0);
  f.server.end();
  for (int i = 0; i < 10; ++i)
    CHECK(code_of(ask(under_test)) == "answered");
  CHECK(second.asked().requests == 10);
  CHECK(under_test.health().condition == service_condition::degraded);
}

TEST_CASE("an endpoint that wants fewer requests leaves them to another one") {
  test_http_server second;
  fixture f;
  f.settings.endpoints = {{f.server.url(), 0, 1}, {second.url(), 1, 1}};
  f.server.tell("next status:429:3600");
  auto under_test = f.make();
  CHECK(code_of(ask(under_test)) == "answered");
  CHECK(code_of(ask(under_test)) == "answered");
  CHECK(f.server.asked().requests == 1);
  CHECK(second.asked().requests == 2);
}

TEST_CASE("at most as many calls are out at once as may be, and the others wait for their turn") {
  fixture f;
  f.settings.limits.concurrent = 2;
  f.server.tell("always ok+50");
  auto under_test = f.make();
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { answered += code_of(ask(under_test)) == "answered" ? 1 : 0; });
  for (auto& one : threads)
    one.join();
  CHECK(answered == 8);
  CHECK(f.server.asked().peak == 2);
}

TEST_CASE("a rate limit spreads the calls, and sends away those that it would hold for long") {
  fixture f;
  SECTION("requests") {
    f.settings.limits.requests_per_second = 10;
    auto under_test = f.make();
    const auto began = f.time.now();
    for (int i = 0; i < 15; ++i)
      CHECK(code_of(ask(under_test)) == "answered");
    CHECK(f.time.now() - began >= 450ms);
  }
  SECTION("tokens") {
    f.settings.limits.tokens_per_minute = 12;
    auto under_test = f.make();
    CHECK(code_of(ask(under_test)) == "answered");
    // Estimated at 10, used 3: there is room for 9.
    CHECK(code_of(ask(under_test)) == "answered");
    const auto later = std::get<snooze>(ask(under_test));
    CHECK_THAT(later.why, Catch::Contains("at its limits"));
  }
}

TEST_CASE("a call that is no longer wanted ends at once, wherever it is") {
  fixture f;
  f.settings.http.read_timeout = 1h;
  f.settings.http.total_timeout = 1h;
  f.settings.limits.concurrent = 1;
  f.server.tell("always hang");
  auto under_test = f.make();
  std::stop_source stop;
  std::vector<std::string> fates(2);
  std::vector<std::thread> threads;
  for (auto& fate : fates)
    threads.emplace_back([&] { fate = code_of(ask(under_test, stop.get_token())); });
  while (f.server.asked().requests == 0)
    std::this_thread::yield();
  stop.request_stop();
  for (auto& one : threads)
    one.join();
  CHECK(fates == std::vector<std::string>{"retry CANCELLED", "retry CANCELLED"});
}

TEST_CASE("a probe finds out which endpoints are there, and calls do not wait for it") {
  fixture f;
  test_http_server second;
  f.settings.endpoints = {{f.server.url()}, {second.url()}};
  auto under_test = f.make();
  under_test.probe({});
  CHECK(under_test.health().condition == service_condition::healthy);
  second.end();
  under_test.probe({});
  CHECK(under_test.health().condition == service_condition::degraded);
  CHECK_THAT(under_test.health().why, Catch::StartsWith(second.url() + "/models could not be"));
  f.server.tell("down");
  under_test.probe({});
  CHECK(under_test.health().condition == service_condition::unhealthy);
  f.server.tell("up");
  CHECK(code_of(ask(under_test)) == "answered");
  under_test.probe({});
  CHECK(under_test.health().condition == service_condition::degraded);
}

}  // namespace
