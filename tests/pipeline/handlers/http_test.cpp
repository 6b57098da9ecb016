#include "pipeline/handlers/http.hpp"

#include "tests/support/collected_answers.hpp"
#include "tests/support/http_server/test_http_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <thread>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;
using millrace::tests::output_or_code;
using millrace::tests::test_http_server;

handler make(const std::string& url, duration timeout = 10s) {
  static const system_clock time;
  external::settings how;
  how.time = &time;
  return external::make_http(url, {"p", {.name = "s", .timeout = timeout}}, how);
}

struct endpoint {
  test_http_server server;
  handler work = make(server.url() + "/jobs?token=s3cret", 5s);

  outcome ask(const std::string& payload = "{}", std::stop_token stop = {}) const {
    return work({.id = 7, .payload = payload}, {time_point{1s}, std::move(stop)});
  }
  outcome told(const std::string& how) const {
    server.tell("next " + how);
    return ask();
  }
};

TEST_CASE("an endpoint is sent the job, and what it answers becomes of it") {
  const endpoint at;
  const auto seen = nlohmann::json::parse(output_or_code(at.ask(R"({"a": 1})")));
  CHECK(seen["id"] == 7);
  CHECK(seen["stage"] == "s");
  CHECK(seen["payload"]["a"] == 1);
  struct {
    const char* answer;
    const char* outcome;
  } const table[] = {
      {R"("{\"advance\": {\"b\": 2.50}}")", R"({"b": 2.50})"},
      {R"({"id": 7, "advance": null})", "nothing"},
      {R"("")", "nothing"},
      {R"(" \n")", "nothing"},
      {R"({"retry": {"code": "BUSY", "why": "x"}})", "retry BUSY: x"},
      {R"({"reject": {"why": "no"}})", "reject HANDLER_FAILED: no"},
      {R"({"snooze": {"for": 5, "why": "y"}})", "snooze: y"},
  };
  for (const auto& [answer, outcome] : table) {
    INFO(answer);
    CHECK(output_or_code(at.ask(std::string{R"({"answer": )"} + answer + "}")) == outcome);
  }
}

TEST_CASE("an answer that cannot be used is tried again") {
  const endpoint at;
  CHECK_THAT(output_or_code(at.told("garbage")),
             Catch::StartsWith("retry HANDLER_ANSWER") && Catch::Contains("It works!"));
  for (const auto* answer :
       {R"({"id": 8, "advance": 1})", R"({"id": 7, "progress": 1})", R"("{}")", R"("7")"}) {
    INFO(answer);
    CHECK_THAT(output_or_code(at.ask(std::string{R"({"answer": )"} + answer + "}")),
               Catch::StartsWith("retry HANDLER_ANSWER"));
  }
}

TEST_CASE("what a service says with its status becomes of the job, in its own words") {
  const endpoint at;
  struct {
    const char* how;
    const char* outcome;
  } const table[] = {
      {"status:500", "retry SERVICE_FAILED"},   {"status:503:7", "retry SERVICE_FAILED"},
      {"status:429", "retry SERVICE_BUSY"},     {"status:404", "reject SERVICE_REFUSED"},
      {"status:302", "reject SERVICE_REFUSED"},
  };
  for (const auto& [how, outcome] : table) {
    INFO(how);
    const auto got = output_or_code(at.told(how));
    CHECK_THAT(got, Catch::StartsWith(outcome) && Catch::Contains("as it was told") &&
                        !Catch::Contains("s3cret"));
  }
  CHECK(std::get<retry>(at.told("status:503:7")).after == 7s);
  for (const auto* how :
       {"status:429:100000000", "status:429:9000000000", "status:503:9999999999999"})
    CHECK(std::get<retry>(at.told(how)).after == 24h);
  CHECK_FALSE(std::get<retry>(at.told("status:500")).after);
}

TEST_CASE(
    "an endpoint that refuses every request holds its jobs up, uncharged, and is asked seldom") {
  const test_http_server server;
  const system_clock time;
  external::settings how;
  how.time = &time;
  how.troubles = std::make_shared<troubles>();
  const auto work =
      external::make_http(server.url() + "/jobs?token=s3cret", {"p", {.name = "s"}}, how);
  server.tell("always status:401");
  for (int i = 0; i < 10; ++i) {
    const auto later = std::get<snooze>(work({.id = 7}, {time.now(), {}}));
    CHECK(later.code == "OUT_OF_ORDER");
    CHECK(later.until > time.now() + 20s);
    CHECK_THAT(later.why, Catch::Contains("answered 401") && !Catch::Contains("s3cret"));
  }
  CHECK(server.asked().requests == 1);
  REQUIRE(how.troubles->all().size() == 1);
  CHECK(how.troubles->all().front().what == "stage p.s");
}

TEST_CASE("an endpoint that forbids a job, and no other, rejects it") {
  const endpoint at;
  CHECK_THAT(output_or_code(at.told("status:403")), Catch::StartsWith("snooze: "));
  CHECK(std::holds_alternative<advance>(at.told("ok")));
  CHECK_THAT(output_or_code(at.told("status:403")), Catch::StartsWith("reject SERVICE_REFUSED"));
}

TEST_CASE("a service that is away or breaks off is tried again") {
  endpoint at;
  CHECK_THAT(output_or_code(at.told("reset")), Catch::StartsWith("retry SERVICE_FAILED"));
  CHECK_THAT(output_or_code(at.told("truncate")), Catch::StartsWith("retry SERVICE_FAILED"));
  CHECK_THAT(output_or_code(at.told("large:20000000")),
             Catch::StartsWith("reject HANDLER_OUTPUT_TOO_LARGE"));
  at.server.end();
  CHECK_THAT(output_or_code(at.ask()),
             Catch::StartsWith("retry SERVICE_FAILED") && Catch::Contains("could not be reached"));
}

TEST_CASE("a service that hangs is given up at the stage's timeout, or when a stop is asked for") {
  const test_http_server server;
  server.tell("always hang");
  const auto work = make(server.url() + "/jobs", 200ms);
  CHECK_THAT(output_or_code(work({.id = 7}, {})), Catch::StartsWith("retry SERVICE_FAILED"));
  const auto patient = make(server.url() + "/jobs", 1h);
  std::stop_source stop;
  outcome came;
  std::jthread runner{[&] { came = patient({.id = 7}, {{}, stop.get_token()}); }};
  stop.request_stop();
  runner.join();
  CHECK(output_or_code(came) == "snooze: the handler was stopped");
}

TEST_CASE("what is no endpoint is refused at the start") {
  CHECK_THROWS_WITH(make(""), Catch::Contains("no URL"));
  CHECK_THROWS_WITH(make("ftp://host/x"), Catch::Contains("no URL"));
  CHECK_THROWS_WITH(make("host/x"), Catch::Contains("https://internal/publish"));
  CHECK_THROWS_WITH(make("http://"), Catch::Contains("no URL"));
  CHECK_THROWS_WITH(make("https:///x"), Catch::Contains("no URL"));
  CHECK_THROWS_WITH(make("https://host/a b"), Catch::Contains("no URL"));
  CHECK_THROWS_WITH(make("https://me:s3cret@host/x"),
                    Catch::Contains("password") && !Catch::Contains("s3cret"));
  make("https://host");
  make("http://[::1]:8080/x?y=@");
}

}  // namespace
