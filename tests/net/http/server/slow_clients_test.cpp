#include "net/http/server/server.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http/told_handler.hpp"
#include "tests/support/wait_until.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace millrace;
using namespace millrace::net;
using namespace millrace::tests;
using namespace std::chrono_literals;

namespace {

/// Says a text, and then another again and again with pauses, until the server answers.
heard_response dribble(http_peer& client, std::string_view first, std::string_view then) {
  client.say(first);
  while (!client.hears_within(5ms))
    client.try_say(then);
  auto response = client.hear();
  CHECK(response.headers.at("connection") == "close");
  return response;
}

TEST_CASE("a header that dribbles is cut off, however often a byte comes") {
  std::atomic<int> handled = 0;
  told_server with{{.header_timeout = 200ms},
                   [&](const incoming_request&, const response_handle&) { ++handled; }};
  http_peer client{with.port()};
  CHECK(dribble(client, "GET / HTTP/1.1\r\nHost: x\r\n", "X: y\r\n").status == 408);
  CHECK(handled == 0);
}

TEST_CASE("a body that dribbles is cut off, however often a byte comes") {
  told_server with{{.body_timeout = 200ms, .slowest_rate = 100'000}};
  http_peer client{with.port()};
  SECTION("of a length") {
    CHECK(dribble(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", "x")
              .status == 408);
  }
  SECTION("in chunks") {
    CHECK(dribble(client, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                  "1\r\nx\r\n")
              .status == 408);
  }
  SECTION("that consists of chunk extensions") {
    CHECK(dribble(client, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x")
              .status == 408);
  }
}

TEST_CASE("a slow body is taken while it keeps the pace") {
  told_server with{{.body_timeout = 2s, .slowest_rate = 1}};
  http_peer client{with.port()};
  client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n");
  for (int i = 0; i < 50; ++i) {
    CHECK_FALSE(client.hears_within(2ms));
    client.say("x");
  }
  CHECK(client.hear().status == 200);
}

TEST_CASE("a connection that stays silent is closed without a word") {
  SECTION("before its first request") {
    told_server with{{.header_timeout = 100ms}};
    CHECK(http_peer{with.port()}.is_closed());
  }
  SECTION("after a blank line") {
    told_server with{{.header_timeout = 1s}};
    http_peer client{with.port()};
    client.say("\r\n");
    CHECK(client.is_closed());
  }
  SECTION("after a response") {
    told_server with{{.idle_timeout = 100ms}};
    http_peer client{with.port()};
    client.say(get);
    CHECK(client.hear().status == 200);
    CHECK(client.is_closed());
  }
}

TEST_CASE("the next request may begin as late as the idle timeout says") {
  told_server with{{.header_timeout = 500ms, .idle_timeout = 1min}};
  http_peer client{with.port()};
  client.say(get);
  CHECK(client.hear().status == 200);
  CHECK_FALSE(client.hears_within(700ms));
  client.say(get);
  CHECK(client.hear().status == 200);
}

TEST_CASE("a response that does not come is answered 503, and comes too late") {
  std::mutex mutex;
  std::optional<response_handle> kept;
  std::atomic<bool> left = false;
  told_server with{{.answer_timeout = 50ms}, [&](const incoming_request&, response_handle respond) {
                     respond.on_leave([&] { left = true; });
                     const std::scoped_lock guard{mutex};
                     kept = std::move(respond);
                   }};
  http_peer client{with.port()};
  client.say(get + get);
  CHECK(client.hear().status == 503);
  CHECK(client.is_closed());
  wait_until([&] { return left.load(); });
  const std::scoped_lock guard{mutex};
  kept->send({.status = 200});
}

TEST_CASE("a client that does not read its response is cut off") {
  std::atomic<bool> left = false;
  told_server with{{.write_timeout = 200ms, .slowest_rate = 1'000'000'000},
                   [&](const incoming_request&, const response_handle& respond) {
                     respond.on_leave([&] { left = true; });
                     respond.send({.body = std::string(50'000'000, 'x')});
                   }};
  http_peer client{with.port()};
  client.say(get);
  wait_until([&] { return left.load(); });
  wait_until([&] { return with.server->connections() == 0; });
  CHECK(client.hear_all().size() < 50'000'000);
}

TEST_CASE("a client that never leaves after its last response is left") {
  told_server with{{.linger_timeout = 50ms}};
  http_peer client{with.port()};
  client.say(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(client.hear().status == 400);
  wait_until([&] { return with.server->connections() == 0; });
}

TEST_CASE("slow clients hold up no other") {
  told_server with;
  std::vector<http_peer> slow;
  for (const std::string text :
       {"", "GET /", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx"})
    for (int i = 0; i < 25; ++i)
      slow.emplace_back(with.port()).say(text);
  http_peer client{with.port()};
  for (int i = 0; i < 100; ++i) {
    client.say(get);
    CHECK(client.hear().status == 200);
  }
}

}  // namespace
