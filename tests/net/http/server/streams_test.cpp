#include "net/http/server/response_handle.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http/told_handler.hpp"
#include "tests/support/wait_until.hpp"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace millrace;
using namespace millrace::net;
using namespace millrace::tests;
using namespace std::chrono_literals;

namespace {

/// A server whose handler begins a stream, and the stream.
struct streaming {
  explicit streaming(http_limits limits = {})
      : with(limits, [this](const incoming_request&, const response_handle& respond) {
          const std::scoped_lock guard{mutex};
          stream = respond.stream({.headers = {{"Content-Type", "text/event-stream"}}});
        }) {}

  const response_stream& begun() {
    wait_until([&] {
      const std::scoped_lock guard{mutex};
      return stream.has_value();
    });
    return *stream;
  }

  std::mutex mutex;
  std::optional<response_stream> stream;
  told_server with;
};

TEST_CASE("a stream sends its pieces as they come, and then the connection goes on") {
  streaming on;
  http_peer client{on.with.port()};
  client.say(get + get);
  const auto head = client.hear_head();
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-type") == "text/event-stream");
  CHECK(head.headers.at("transfer-encoding") == "chunked");
  const auto first = on.begun();
  CHECK(first.send("data: 1\n\n"));
  CHECK(client.take_to("data: 1\n\n") == "9\r\n");
  CHECK(first.send("data: 2\n\n"));
  CHECK(client.take_to("data: 2\n\n") == "\r\n9\r\n");
  on.stream.reset();
  first.finish();
  CHECK(client.take_to("0\r\n\r\n") == "\r\n");
  CHECK_FALSE(first.send("more"));
  CHECK(client.hear_head().status == 200);
}

TEST_CASE("a long list comes whole, in its order, to a client that reads slowly") {
  streaming on{{.stream_queue = 10'000}};
  http_peer client{on.with.port()};
  client.say(get);
  const auto stream = on.begun();
  constexpr int rows = 200'000;
  std::mutex mutex;
  int next = 0;
  int pauses = 0;
  const auto fill = [&, stream] {
    const std::scoped_lock guard{mutex};
    while (next < rows && stream.send("row " + std::to_string(next) + "\n"))
      ++next;
    if (next == rows)
      stream.finish();
    else
      ++pauses;
  };
  stream.on_room(fill);
  fill();
  const auto response = client.hear();
  std::string expected;
  for (int i = 0; i < rows; ++i)
    expected += "row " + std::to_string(i) + "\n";
  CHECK(response.body == expected);
  const std::scoped_lock guard{mutex};
  CHECK(pauses > 0);
  stream.on_room({});
}

TEST_CASE("a client that does not read makes the server keep the queue, and no more") {
  // http-kit/http-kit#474: it kept everything.
  streaming on{{.stream_queue = 100'000}};
  http_peer client{on.with.port()};
  client.say(get);
  const auto stream = on.begun();
  std::mutex mutex;
  std::condition_variable changed;
  bool has_room = false;
  stream.on_room([&] {
    const std::scoped_lock guard{mutex};
    has_room = true;
    changed.notify_one();
  });
  const std::string piece(10'000, 'x');
  std::size_t sent = 0;
  // What lies in the sockets is the kernel's. When there is no room for a while, those are full.
  std::unique_lock guard{mutex};
  do {
    has_room = false;
    guard.unlock();
    while (stream.send(piece))
      sent += piece.size();
    guard.lock();
  } while (changed.wait_for(guard, 300ms, [&] { return has_room; }));
  guard.unlock();
  CHECK(sent < 50'000'000);
  CHECK(stream.is_open());
  stream.finish();
  CHECK(client.hear().body.size() == sent);
}

TEST_CASE("a slow reader of a stream is cut off when it takes nothing for too long") {
  streaming on{{.write_timeout = 100ms}};
  http_peer client{on.with.port()};
  client.say(get);
  const auto stream = on.begun();
  std::atomic<bool> left = false;
  stream.on_leave([&] { left = true; });
  while (!left)
    stream.send(std::string(100'000, 'x'));
  CHECK_FALSE(stream.is_open());
  wait_until([&] { return on.with.server->connections() == 0; });
}

TEST_CASE("a stream may be silent for longer than any timeout") {
  streaming on{{.header_timeout = 500ms,
                .idle_timeout = 20ms,
                .body_timeout = 20ms,
                .write_timeout = 20ms,
                .answer_timeout = 20ms}};
  http_peer client{on.with.port()};
  client.say(get);
  CHECK(client.hear_head().status == 200);
  CHECK_FALSE(client.hears_within(700ms));
  on.begun().send("x");
  CHECK(client.take_to("x") == "1\r\n");
}

TEST_CASE("a stream whose client leaves says so, also while it is silent") {
  streaming on;
  std::optional<http_peer> client{on.with.port()};
  client->say(get);
  CHECK(client->hear_head().status == 200);
  const auto stream = on.begun();
  std::atomic<bool> left = false;
  stream.on_leave([&] { left = true; });
  client.reset();
  wait_until([&] { return left.load(); });
  CHECK_FALSE(stream.is_open());
  CHECK_FALSE(stream.send("x"));
  wait_until([&] { return on.with.server->connections() == 0; });
}

TEST_CASE("a stream that is broken off is no whole response") {
  streaming on;
  http_peer client{on.with.port()};
  client.say(get);
  CHECK(client.hear_head().status == 200);
  on.begun().send("x");
  CHECK(client.take_to("x") == "1\r\n");
  SECTION("on purpose") { on.begun().abort(); }
  SECTION("because it was given up") {
    const std::scoped_lock guard{on.mutex};
    on.stream.reset();
  }
  CHECK(client.hear_all() == "\r\n");
}

TEST_CASE("a stream for HTTP/1.0 ends with the connection") {
  streaming on;
  http_peer client{on.with.port()};
  client.say("GET / HTTP/1.0\r\n\r\n");
  const auto head = client.hear_head();
  CHECK_FALSE(head.headers.contains("transfer-encoding"));
  CHECK(head.headers.at("connection") == "close");
  on.begun().send("all of it");
  on.begun().finish();
  CHECK(client.hear_all() == "all of it");
}

TEST_CASE("a stream for HTTP/1.0 that is broken off ends with a failure") {
  streaming on;
  http_peer client{on.with.port()};
  client.say("GET / HTTP/1.0\r\n\r\n");
  client.hear_head();
  on.begun().send("a part");
  CHECK(client.take(6) == "a part");
  on.begun().abort();
  REQUIRE(client.hears_within(1min));
  char byte = 0;
  CHECK(::recv(client.fd(), &byte, 1, 0) == -1);
  CHECK(errno == ECONNRESET);
}

TEST_CASE("a stream without end holds up nobody, however fast its client reads") {
  streaming on;
  http_peer client{on.with.port()};
  client.say(get);
  const auto stream = on.begun();
  const auto fill = [&stream] {
    while (stream.send(std::string(10'000, 'x'))) {
    }
  };
  stream.on_room(fill);
  fill();
  std::thread reader{[fd = client.fd()] {
    std::vector<char> piece(1'000'000);
    while (::recv(fd, piece.data(), piece.size(), 0) > 0) {
    }
  }};
  on.with.handler->handles = told_handler::echo;
  http_peer other{on.with.port()};
  for (int i = 0; i < 100; ++i) {
    other.say(get);
    CHECK(other.hear().status == 200);
  }
  stream.abort();
  reader.join();
}

TEST_CASE("a stream for HEAD has a head only") {
  streaming on;
  http_peer client{on.with.port()};
  client.say("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.hear_head().headers.at("transfer-encoding") == "chunked");
  wait_until([&] { return !on.begun().is_open(); });
  CHECK_FALSE(on.begun().send("x"));
  on.begun().finish();
  client.say("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.hear_head().status == 200);
}

TEST_CASE("what a client sends meanwhile is kept within bounds, and answered") {
  streaming on{{.header = 1'000}};
  http_peer client{on.with.port()};
  client.say(get);
  CHECK(client.hear_head().status == 200);
  const auto stream = on.begun();
  on.with.handler->handles = told_handler::echo;
  for (int i = 0; i < 1'000; ++i)
    client.say(get);
  stream.finish();
  CHECK(client.take_to("0\r\n\r\n").empty());
  for (int i = 0; i < 1'000; ++i)
    CHECK(client.hear().body == "GET / ");
}

}  // namespace
