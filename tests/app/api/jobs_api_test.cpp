#include "tests/app/api/api_server.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <set>
#include <string>
#include <thread>

namespace millrace::tests {
namespace {

using nlohmann::json;

std::set<std::int64_t> ids_of(const json& page) {
  std::set<std::int64_t> ids;
  for (const auto& job : page["jobs"])
    ids.insert(job["job_id"].get<std::int64_t>());
  return ids;
}

}  // namespace

TEST_CASE("a job is submitted, shown, explained, cancelled and replayed over HTTP") {
  api_server at;
  const auto made = at.post("/v1/jobs?pipeline=p", R"({"payload": {"n": 10000000000000000001},
      "priority": 3, "tenant": "acme", "tags": ["x"], "correlation": "c-1"})");
  REQUIRE(made.status == 201);
  CHECK(made.body == R"({"job_id":1,"result":"made"})");

  const auto shown = at.get("/v1/jobs/1");
  CHECK(shown.status == 200);
  CHECK(shown.headers.at("content-type") == "application/json");
  // The payload is passed on as it came: no digit is lost.
  CHECK_THAT(shown.body, Catch::Contains(R"("payload":{"n": 10000000000000000001})"));
  CHECK(shown.json()["tenant"] == "acme");
  CHECK(shown.json()["tags"] == json{"x"});
  CHECK(shown.json()["state"] == "queued");

  CHECK(at.get("/v1/jobs/1/explain").json()["reason"] == "NO_RUNTIME");
  CHECK(at.get("/v1/jobs/1/events").json()["events"].empty());

  CHECK(at.post("/v1/jobs/1/cancel").json()["state"] == "cancelled");
  const auto again = at.post("/v1/jobs/1/cancel");
  CHECK(again.status == 409);
  CHECK(again.code() == "ORDER_REFUSED");
  CHECK(at.post("/v1/jobs/1/replay?from=b").json()["stage"] == "b");
  CHECK(at.post("/v1/jobs/1/move?to=a").json()["stage"] == "a");
  CHECK(at.get("/v1/jobs/1/output").status == 404);
  CHECK(at.get("/v1/jobs/2").code() == "NOT_FOUND");
  const auto events = at.get("/v1/jobs/1/events").body;
  CHECK_THAT(events, Catch::Contains("owner (token) from 127.0.0.1:"));
}

TEST_CASE("a batch is submitted as lines, all of it or none") {
  api_server at;
  const auto batch = [&](const std::string& body) {
    return at.ask({"POST", "/v1/jobs?pipeline=p", body, "application/x-ndjson"});
  };
  CHECK(batch("{\"a\": 1}\n\n[2]\n{\"payload\": 3, \"priority\": 1}").json()["jobs"].size() == 3);
  const auto bad = batch("{\"a\": 1}\n{\"a\": \n");
  CHECK(bad.status == 400);
  CHECK_THAT(bad.json()["detail"].get<std::string>(), Catch::StartsWith("line 2: "));
  CHECK(batch("\n\n").code() == "JOB_INVALID");
  std::string many;
  for (int i = 0; i <= 100'000; ++i)
    many += "1\n";
  CHECK(batch(many).code() == "BATCH_TOO_LARGE");
  CHECK(at.count("select count(*) from jobs") == 3);
}

TEST_CASE("jobs are a part of the trace of their request, unless they say another") {
  api_server at;
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const std::string other = "00-11111111111111111111111111111111-2222222222222222-00";
  const auto submit = [&](const std::string& body, const std::string& header) {
    return at
        .ask({"POST",
              "/v1/jobs?pipeline=p",
              body,
              "application/json",
              "owner",
              {{"traceparent", header}}})
        .json();
  };
  const auto trace_of = [&](const nlohmann::json& made) {
    return at.get(fmt::format("/v1/jobs/{}", made["job_id"].get<int>())).json()["traceparent"];
  };
  CHECK(trace_of(submit("1", trace)) == trace);
  CHECK(trace_of(submit(R"({"payload": 1, "traceparent": ")" + other + "\"}", trace)) == other);
  // The standard has a receiver ignore what it cannot read.
  CHECK(trace_of(submit("1", "00-" + std::string(32, '0') + trace.substr(35))) == "");
  CHECK(submit(R"({"payload": 1, "traceparent": "x"})", trace)["code"] == "JOB_INVALID");
}

TEST_CASE("a full queue is 429 with how full it is, and when to try again") {
  api_server at;
  std::string lines;
  for (int i = 0; i < 50; ++i)
    lines += "{}\n";
  REQUIRE(at.ask({"POST", "/v1/jobs?pipeline=p", lines, "application/x-ndjson"}).status == 201);
  const auto full = at.post("/v1/jobs?pipeline=p");
  CHECK(full.status == 429);
  CHECK(full.code() == "QUEUE_FULL");
  CHECK_THAT(full.json()["detail"].get<std::string>(), Catch::Contains("50 of 50"));
  CHECK(std::stoi(full.headers.at("retry-after")) >= 1);
}

TEST_CASE("a request with an Idempotency-Key makes its jobs once") {
  api_server at;
  const auto submit = [&](const std::string& key, const std::string& body) {
    return at.ask({.method = "POST",
                   .target = "/v1/jobs?pipeline=p",
                   .body = body,
                   .headers = {{"Idempotency-Key", key}}});
  };
  const auto first = submit("k", "{}");
  const auto second = submit("k", "{}");
  CHECK(first.status == 201);
  CHECK(second.status == 200);
  CHECK(second.body == first.body);
  CHECK(second.headers.at("idempotency-replayed") == "true");
  CHECK(submit("k", "[1]").code() == "IDEMPOTENCY_KEY_REUSED");
  CHECK(at.ask({.method = "POST",
                .target = "/v1/jobs?pipeline=p",
                .body = "{}",
                .type = "Application/X-NDJSON; charset=utf-8",
                .headers = {{"Idempotency-Key", "k"}}})
            .code() == "IDEMPOTENCY_KEY_REUSED");
  CHECK(submit(std::string(201, 'k'), "{}").status == 400);
  CHECK(at.count("select count(*) from jobs") == 1);

  std::vector<std::thread> all;
  std::vector<int> answers(8);
  for (auto& answer : answers)
    all.emplace_back([&] { answer = submit("same", "{}").status; });
  for (auto& one : all)
    one.join();
  CHECK(at.count("select count(*) from jobs") == 2);
  for (const auto answer : answers)
    CHECK((answer == 200 || answer == 201 || answer == 409));
}

TEST_CASE("jobs are listed in pages by what they are") {
  api_server at;
  for (int i = 0; i < 5; ++i)
    at.submit("p", i % 2 == 0 ? "even" : "odd");
  at.submit("q");
  const auto first = at.get("/v1/jobs?limit=4").json();
  CHECK(ids_of(first) == std::set<std::int64_t>{3, 4, 5, 6});
  const auto second =
      at.get(fmt::format("/v1/jobs?limit=4&before={}", first["next_before"].get<int>())).json();
  CHECK(ids_of(second) == std::set<std::int64_t>{1, 2});
  CHECK(second["next_before"].is_null());
  CHECK(ids_of(at.get("/v1/jobs?pipeline=q").json()) == std::set<std::int64_t>{6});
  CHECK(ids_of(at.get("/v1/jobs?tenant=odd").json()) == std::set<std::int64_t>{2, 4});
  CHECK(at.get("/v1/jobs?state=done").json()["jobs"].empty());
}

TEST_CASE("orders for many jobs say what they reach, do it, and are in the history") {
  api_server at;
  for (int i = 0; i < 3; ++i)
    at.submit();
  at.submit("q");
  const auto trial = at.post("/v1/jobs/cancel?pipeline=p&dry_run=true").json();
  CHECK(trial["matched"] == 3);
  CHECK(trial["changed"] == 0);
  CHECK(trial["reached"] ==
        json::parse(R"([{"pipeline":"p","stage":"a","of":"queued","count":3}])"));
  CHECK(at.post("/v1/jobs/move?pipeline=p&to=b&limit=1").json()["changed"] == 1);
  CHECK(at.post("/v1/jobs/cancel?pipeline=p").json()["changed"] == 3);
  CHECK(at.get("/v1/jobs?state=cancelled").json()["jobs"].size() == 3);
  CHECK(at.post("/v1/jobs/replay?state=cancelled&limit=1").json()["changed"] == 1);
  CHECK(at.post("/v1/jobs/delete?state=cancelled").json()["changed"] == 2);
  CHECK(at.count("select count(*) from jobs") == 2);
  CHECK(at.count("select count(*) from job_details") == 2);
  CHECK(at.orders().size() == 4);
  CHECK_THAT(at.orders().front(),
             Catch::StartsWith("the move of 1 jobs (pipeline=p, to=b, limit=1) is ordered by "
                               "owner (token) from 127.0.0.1:"));
  CHECK(at.post("/v1/jobs/cancel").status == 400);
  CHECK(at.post("/v1/jobs/delete?state=queued").status == 400);
}

TEST_CASE("a request waits for the end of its job, and not for longer than it says") {
  api_server at;
  const auto id = at.submit();
  CHECK(at.get(fmt::format("/v1/jobs/{}?wait=20ms", id)).json()["state"] == "queued");
  http_peer peer{at.port()};
  peer.say(wire_text({"GET", fmt::format("/v1/jobs/{}?wait=60s", id)}));
  CHECK_FALSE(peer.hears_within(std::chrono::milliseconds{50}));
  at.post(fmt::format("/v1/jobs/{}/cancel", id));
  CHECK(json::parse(peer.hear().body)["state"] == "cancelled");
  CHECK(at.get("/v1/jobs/99?wait=60s").status == 404);
}

TEST_CASE("a client that has closed its sending side is answered, at once and when it waits") {
  api_server at;
  const auto id = at.submit();
  http_peer asks{at.port()};
  asks.say(wire_text({"GET", fmt::format("/v1/jobs/{}", id)}));
  asks.end_sending();
  CHECK(json::parse(asks.hear().body)["state"] == "queued");
  http_peer waits{at.port()};
  waits.say(wire_text({"GET", fmt::format("/v1/jobs/{}?wait=60s", id)}));
  waits.end_sending();
  CHECK_FALSE(waits.hears_within(std::chrono::milliseconds{50}));
  at.post(fmt::format("/v1/jobs/{}/cancel", id));
  CHECK(json::parse(waits.hear().body)["state"] == "cancelled");
}

TEST_CASE("a request that waits is answered when the server stops") {
  api_server at;
  const auto id = at.submit();
  http_peer peer{at.port()};
  peer.say(wire_text({"GET", fmt::format("/v1/jobs/{}?wait=60s", id)}));
  CHECK_FALSE(peer.hears_within(std::chrono::milliseconds{50}));
  CHECK(at.stop());
  CHECK(json::parse(peer.hear().body)["state"] == "queued");
}

}  // namespace millrace::tests
