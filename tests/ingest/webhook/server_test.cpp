#include "ingest/webhook/server.hpp"

#include "storage/db/error.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http_server/webhook_client.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;
using tests::http_peer;
using tests::raw_connection;
using tests::status_of;
using tests::wait_until;
using tests::webhook;

namespace {

constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t body_limit = 64 * 1024;

struct webhook_fixture {
  system_clock time;
  std::mutex mutex;
  std::vector<pipeline::job_id> called;
  std::atomic<bool> database_is_away = false;
  std::unique_ptr<ingest::webhook_server> listener = std::make_unique<ingest::webhook_server>(
      ingest::webhook_settings{.at = {"127.0.0.1", 0}, .secret = "wh-secret"}, time,
      [this](pipeline::job_id id) {
        if (database_is_away)
          throw storage::error{storage::error_kind::transient, "cannot", "away", "wait"};
        const std::scoped_lock guard{mutex};
        called.push_back(id);
        return id == 42   ? ingest::called_job::run_now
               : id == 43 ? ingest::called_job::does_not_wait
                          : ingest::called_job::unknown;
      });

  int post(const webhook& call) const { return status_of(listener->port(), call.text()); }
  std::vector<pipeline::job_id> calls() {
    const std::scoped_lock guard{mutex};
    return called;
  }
};

/// A listener whose database takes its time: each call waits to be let go on.
struct slow_fixture {
  system_clock time;
  std::mutex mutex;
  std::vector<std::promise<void>> waiting;
  std::unique_ptr<ingest::webhook_server> listener = std::make_unique<ingest::webhook_server>(
      ingest::webhook_settings{.at = {"127.0.0.1", 0}, .secret = "wh-secret"}, time,
      [this](pipeline::job_id) {
        std::future<void> may_end;
        {
          const std::scoped_lock guard{mutex};
          may_end = waiting.emplace_back().get_future();
        }
        may_end.get();
        return ingest::called_job::run_now;
      });

  std::size_t began() {
    const std::scoped_lock guard{mutex};
    return waiting.size();
  }
  void wait_for_calls(std::size_t number) {
    wait_until([&] { return began() == number; });
  }
  void end_call(std::size_t which) {
    const std::scoped_lock guard{mutex};
    waiting.at(which).set_value();
  }
  void fail_call(std::size_t which) {
    const std::scoped_lock guard{mutex};
    waiting.at(which).set_exception(std::make_exception_ptr(
        storage::error{storage::error_kind::transient, "cannot", "away", "wait"}));
  }
};

using ids = std::vector<pipeline::job_id>;

TEST_CASE("a genuine call reaches its job, once") {
  webhook_fixture f;
  const auto text = webhook{"/webhooks/parser/42"}.text();
  CHECK(status_of(f.listener->port(), text) == 200);
  CHECK(status_of(f.listener->port(), text) == 200);
  CHECK(f.calls() == ids{42});
}

TEST_CASE("a call for a job that waits for nothing, or that there is not, says so") {
  webhook_fixture f;
  CHECK(f.post({.path = "/webhooks/parser/43"}) == 200);
  CHECK(f.post({.path = "/webhooks/parser/44", .body = "another"}) == 404);
  CHECK(f.calls() == ids{43, 44});
}

TEST_CASE("a connection makes one call after the other, and each answer is a sentence") {
  webhook_fixture f;
  http_peer caller{f.listener->port()};
  const webhook good{"/webhooks/parser/42"};
  const webhook unknown{"/webhooks/parser/44"};
  const webhook stranger{.path = "/webhooks/parser/42", .secret = "wrong"};
  const auto text = good.text();
  caller.say(text + stranger.text());
  const auto first = caller.hear();
  CHECK(first.status == 200);
  CHECK(first.headers.at("content-type") == "application/json");
  CHECK_FALSE(first.headers.contains("connection"));
  CHECK(first.body == "{\"message\":\"the job goes on\"}\n");
  const auto refused = caller.hear();
  CHECK(refused.status == 401);
  CHECK(refused.headers.at("content-type") == "application/problem+json");
  CHECK(nlohmann::json::parse(refused.body)["detail"] == "the signature is not right");
  caller.say(text);
  CHECK(caller.hear().body ==
        "{\"message\":\"this call has been made before: nothing changes\"}\n");
  caller.say(unknown.text());
  CHECK(caller.hear().status == 404);
  CHECK(f.calls() == ids{42, 44});
}

TEST_CASE("whatever else comes is refused, and reaches no job") {
  webhook_fixture f;
  const std::string here = "/webhooks/parser/42";
  CHECK(f.post({.path = here, .secret = "wrong"}) == 401);
  CHECK(f.post({.path = here, .off = -400}) == 401);
  CHECK(f.post({.path = here, .off = 400}) == 401);
  const auto port = f.listener->port();
  const std::string host = "Host: x\r\n";
  CHECK(status_of(port, "POST " + here + " HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n") ==
        401);
  CHECK(status_of(port, "POST " + here + " HTTP/1.1\r\n" + host + "\r\n") == 401);
  CHECK(status_of(port, "POST " + here + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n") == 400);
  for (const auto* elsewhere :
       {"/", "/webhooks/parser/", "/webhooks/parser/x", "/webhooks/parser/42/",
        "/webhooks/parser/-1", "/webhooks/parser/99999999999999999999", "/webhooks/other/42"})
    CHECK(f.post({.path = elsewhere}) == 404);
  CHECK(f.post({.path = here, .body = std::string(body_limit + 1, ' ')}) == 413);
  CHECK(status_of(port, std::string(header_limit * 2, 'a')) == 414);
  CHECK(status_of(port, "POST " + here + " HTTP/1.1\r\n" + host +
                            "A: " + std::string(header_limit, 'a')) == 431);
  CHECK(status_of(port, "\x16\x03\x01\r\n\r\n") == 400);
  CHECK(f.calls().empty());

  http_peer reader{port};
  reader.say("GET " + here + " HTTP/1.1\r\n" + host + "\r\n");
  const auto refused = reader.hear();
  CHECK(refused.status == 405);
  CHECK(refused.headers.at("allow") == "POST");
}

TEST_CASE("a call may be as large as it may be, with a length or in chunks") {
  webhook_fixture f;
  CHECK(f.post({.path = "/webhooks/parser/42", .body = std::string(body_limit, ' ')}) == 200);
  const webhook call{.path = "/webhooks/parser/43", .body = "{}"};
  const auto at = call.timestamp();
  CHECK(status_of(f.listener->port(),
                  "POST " + call.path + " HTTP/1.1\r\nHost: x\r\nWebhook-Timestamp: " + at +
                      "\r\nWebhook-Signature: " + call.signature(at) +
                      "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n") == 200);
  CHECK(f.calls() == ids{42, 43});
}

TEST_CASE("an answer arrives although much more was said than is read") {
  const webhook_fixture f;
  const raw_connection to{f.listener->port()};
  to.say(webhook{.path = "/webhooks/parser/42", .body = std::string(500'000, ' ')}.text());
  CHECK_THAT(to.hear(), Catch::StartsWith("HTTP/1.1 413 "));
}

TEST_CASE("a call that cannot be obeyed now is asked to come again, and is new then") {
  webhook_fixture f;
  const auto text = webhook{"/webhooks/parser/42"}.text();
  f.database_is_away = true;
  CHECK(status_of(f.listener->port(), text) == 503);
  f.database_is_away = false;
  CHECK(status_of(f.listener->port(), text) == 200);
  CHECK(f.calls() == ids{42});
}

TEST_CASE("calls wait for a slow database one behind the other, and what is refused does not") {
  slow_fixture f;
  const auto port = f.listener->port();
  http_peer first{port};
  http_peer second{port};
  first.say(webhook{"/webhooks/parser/1"}.text());
  f.wait_for_calls(1);
  second.say(webhook{"/webhooks/parser/2"}.text());
  CHECK(status_of(port, webhook{.path = "/webhooks/parser/3", .secret = "wrong"}.text()) == 401);
  CHECK(status_of(port, webhook{"/elsewhere"}.text()) == 404);
  CHECK_FALSE(first.hears_within(0ms));
  CHECK(f.began() == 1);
  f.end_call(0);
  CHECK(first.hear().status == 200);
  f.wait_for_calls(2);
  f.end_call(1);
  CHECK(second.hear().status == 200);
}

TEST_CASE("a call that is repeated while it is made is new when it fails") {
  slow_fixture f;
  const auto text = webhook{"/webhooks/parser/42"}.text();
  http_peer first{f.listener->port()};
  http_peer again{f.listener->port()};
  first.say(text);
  f.wait_for_calls(1);
  again.say(text);
  CHECK_FALSE(again.hears_within(50ms));
  f.fail_call(0);
  CHECK(first.hear().status == 503);
  f.wait_for_calls(2);
  f.end_call(1);
  CHECK(again.hear().status == 200);
}

TEST_CASE("a call whose caller has gone is made all the same") {
  webhook_fixture f;
  {
    const raw_connection caller{f.listener->port()};
    caller.say(webhook{"/webhooks/parser/42"}.text());
  }
  wait_until([&] { return f.calls() == ids{42}; });
}

TEST_CASE("a caller that is silent, or leaves, keeps no other from calling") {
  webhook_fixture f;
  std::vector<std::unique_ptr<raw_connection>> silent;
  for (int i = 0; i < 200; ++i) {
    silent.push_back(std::make_unique<raw_connection>(f.listener->port()));
    if (i % 2 == 0)
      silent.back()->say("POST /webhooks/parser/42 HT");
    if (i % 5 == 0)
      silent.pop_back();
  }
  CHECK(f.post({.path = "/webhooks/parser/42"}) == 200);
  // The oldest callers had to make room.
  CHECK(silent.front()->hear().empty());
}

TEST_CASE("a listener ends at once, whatever is connected") {
  const webhook_fixture f;
  const raw_connection silent{f.listener->port()};
  const auto began = std::chrono::steady_clock::now();
  CHECK(f.listener->stop(10s));
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("a listener that ends lets the call in progress be answered") {
  slow_fixture f;
  http_peer caller{f.listener->port()};
  caller.say(webhook{"/webhooks/parser/42"}.text());
  f.wait_for_calls(1);
  auto stopped = std::async(std::launch::async, [&] { return f.listener->stop(1min); });
  f.end_call(0);
  const auto answer = caller.hear();
  CHECK(answer.status == 200);
  CHECK(caller.is_closed());
  caller.leave();
  CHECK(stopped.get());
}

TEST_CASE("a listener whose call does not end says so, and does not wait for ever") {
  slow_fixture f;
  http_peer caller{f.listener->port()};
  caller.say(webhook{"/webhooks/parser/42"}.text());
  f.wait_for_calls(1);
  CHECK_FALSE(f.listener->stop(10ms));
  CHECK(caller.is_closed());
  f.end_call(0);
  CHECK(f.listener->stop(1min));
}

TEST_CASE("a port that is taken is said with the setting that names it") {
  const webhook_fixture f;
  try {
    const ingest::webhook_server second{
        {.at = {"127.0.0.1", f.listener->port()}, .secret = "s"}, f.time, [](pipeline::job_id) {
          return ingest::called_job::unknown;
        }};
    FAIL("it listens");
  } catch (const millrace::error& e) {
    CHECK_THAT(e.what(), Catch::Contains("service.parser.webhook_listen"));
  }
}

}  // namespace
