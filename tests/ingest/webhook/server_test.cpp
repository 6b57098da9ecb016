#include "ingest/webhook/server.hpp"

#include "net/http/request_parser.hpp"
#include "storage/db/error.hpp"
#include "tests/support/http_server/webhook_client.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;
using tests::raw_connection;
using tests::status_of;
using tests::webhook;

namespace {

struct fixture {
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

using ids = std::vector<pipeline::job_id>;

TEST_CASE("a genuine call reaches its job, once") {
  fixture f;
  const auto text = webhook{"/webhooks/parser/42"}.text();
  CHECK(status_of(f.listener->port(), text) == 200);
  CHECK(status_of(f.listener->port(), text) == 200);
  CHECK(f.calls() == ids{42});
}

TEST_CASE("a call for a job that waits for nothing, or that there is not, says so") {
  fixture f;
  CHECK(f.post({.path = "/webhooks/parser/43"}) == 200);
  CHECK(f.post({.path = "/webhooks/parser/44", .body = "another"}) == 404);
  CHECK(f.calls() == ids{43, 44});
}

TEST_CASE("whatever else comes is refused, and reaches no job") {
  fixture f;
  const std::string here = "/webhooks/parser/42";
  CHECK(f.post({.path = here, .secret = "wrong"}) == 401);
  CHECK(f.post({.path = here, .off = -400}) == 401);
  CHECK(f.post({.path = here, .off = 400}) == 401);
  const auto port = f.listener->port();
  CHECK(status_of(port, "POST " + here + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n") == 401);
  CHECK(status_of(port, "GET " + here + " HTTP/1.1\r\n\r\n") == 405);
  for (const auto* elsewhere :
       {"/", "/webhooks/parser/", "/webhooks/parser/x", "/webhooks/parser/42/",
        "/webhooks/parser/-1", "/webhooks/parser/99999999999999999999", "/webhooks/other/42"})
    CHECK(f.post({.path = elsewhere}) == 404);
  CHECK(f.post({.path = here, .body = std::string(net::http_reader::body_limit + 1, ' ')}) == 413);
  CHECK(status_of(port, std::string(net::http_reader::head_limit * 2, 'a')) == 431);
  CHECK(status_of(port, "\x16\x03\x01\r\n\r\n") == 400);
  CHECK(f.calls().empty());
}

TEST_CASE("an answer arrives although much more was said than is read") {
  const fixture f;
  const raw_connection to{f.listener->port()};
  to.say(webhook{.path = "/webhooks/parser/42", .body = std::string(500'000, ' ')}.text());
  CHECK_THAT(to.hear(), Catch::StartsWith("HTTP/1.1 413 "));
}

TEST_CASE("a call that cannot be obeyed now is asked to come again, and is new then") {
  fixture f;
  const auto text = webhook{"/webhooks/parser/42"}.text();
  f.database_is_away = true;
  CHECK(status_of(f.listener->port(), text) == 503);
  f.database_is_away = false;
  CHECK(status_of(f.listener->port(), text) == 200);
  CHECK(f.calls() == ids{42});
}

TEST_CASE("a caller that is silent, or leaves, keeps no other from calling") {
  fixture f;
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
  const fixture f;
  const raw_connection silent{f.listener->port()};
  const auto began = std::chrono::steady_clock::now();
  CHECK(f.listener->stop(10s));
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("a port that is taken is said with the setting that names it") {
  const fixture f;
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
