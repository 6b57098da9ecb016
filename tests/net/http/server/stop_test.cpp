#include "net/http/server/server.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http/told_handler.hpp"
#include "tests/support/wait_until.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
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

/// A server that keeps the handle of its last request.
struct kept_request {
  std::mutex mutex;
  std::optional<response_handle> kept;
  told_server with{{}, [this](const incoming_request&, response_handle respond) {
                     const std::scoped_lock guard{mutex};
                     kept = std::move(respond);
                   }};

  response_handle wait_for_request() {
    wait_until([&] {
      const std::scoped_lock guard{mutex};
      return kept.has_value();
    });
    return *kept;
  }
};

TEST_CASE("a server that stops lets its responses out, and closes what waits") {
  kept_request on;
  http_peer idle{on.with.port()};
  http_peer half{on.with.port()};
  half.say("GET / HT");
  http_peer asking{on.with.port()};
  asking.say(get + get);
  const auto respond = on.wait_for_request();
  auto stopped = std::async(std::launch::async, [&] { return on.with.server->stop(1min); });
  CHECK(idle.is_closed());
  CHECK(half.is_closed());
  CHECK_FALSE(asking.hears_within(0ms));
  respond.send({.body = "the last"});
  const auto response = asking.hear();
  CHECK(response.body == "the last");
  CHECK(response.headers.at("connection") == "close");
  CHECK(asking.is_closed());
  asking.leave();
  CHECK(stopped.get());
  CHECK(on.with.server->connections() == 0);
  const unique_fd refused{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = loopback(on.with.port());
  CHECK(::connect(refused.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0);
}

TEST_CASE("a body that is coming is waited for when the server stops") {
  told_server with;
  http_peer client{with.port()};
  client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.hear().status == 100);
  auto stopped = std::async(std::launch::async, [&] { return with.server->stop(1min); });
  client.say("abc");
  CHECK(client.hear().body == "POST / abc");
  CHECK(client.is_closed());
  client.leave();
  CHECK(stopped.get());
}

TEST_CASE("a response that does not come is not waited for longer than the patience") {
  kept_request on;
  http_peer client{on.with.port()};
  client.say(get);
  const auto respond = on.wait_for_request();
  CHECK(on.with.server->stop(50ms));
  CHECK(client.is_closed());
  CHECK(respond.client_has_left());
  CHECK(on.with.server->stop(1min));
}

TEST_CASE("a handler is told that the server stops, and ends its streams") {
  std::mutex mutex;
  std::optional<response_stream> stream;
  told_server with{{.linger_timeout = 50ms},
                   [&](const incoming_request&, const response_handle& respond) {
                     const std::scoped_lock guard{mutex};
                     stream = respond.stream({});
                   }};
  with.handler->stops = [&] {
    const std::scoped_lock guard{mutex};
    stream->send("goodbye");
    stream->finish();
  };
  http_peer client{with.port()};
  client.say(get);
  CHECK(client.hear_head().status == 200);
  CHECK(with.server->stop(1min));
  CHECK(client.hear_all() == "7\r\ngoodbye\r\n0\r\n\r\n");
}

TEST_CASE("a server that is stopped before it began ends") {
  for (int i = 0; i < 20; ++i) {
    told_server with{{}, {}, 3};
    http_peer client{with.port()};
    client.say(get);
  }
}

TEST_CASE("a server that has ended lets go of its handler") {
  kept_request on;
  http_peer client{on.with.port()};
  client.say(get);
  const auto respond = on.wait_for_request();
  const std::weak_ptr<told_handler> handler = on.with.handler;
  on.with.handler.reset();
  CHECK_FALSE(handler.expired());
  CHECK(on.with.server->stop(0ms));
  CHECK(handler.expired());
  CHECK(respond.client_has_left());
}

TEST_CASE("a server may be stopped while clients come and handlers answer") {
  for (int i = 0; i < 20; ++i) {
    std::mutex mutex;
    std::vector<std::thread> answering;
    told_server with{
        {},
        [&](const incoming_request& request, const response_handle& respond) {
          const std::scoped_lock guard{mutex};
          answering.emplace_back([request, respond] { told_handler::echo(request, respond); });
        },
        3};
    std::atomic<int> came = 0;
    std::thread client{[&, port = with.port()] {
      const auto address = loopback(port);
      while (came < 200) {
        const unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
          return;
        ::send(fd.get(), get.data(), get.size(), MSG_NOSIGNAL);
        ++came;
      }
    }};
    wait_until([&] { return came > i; });
    const bool has_ended = with.server->stop(i % 2 == 0 ? duration{0} : duration{1min});
    client.join();
    CHECK(has_ended);
    CHECK(with.server->connections() == 0);
    for (auto& thread : answering)
      thread.join();
  }
}

TEST_CASE("a server whose thread is held by a handler says so, and does not wait for ever") {
  std::promise<void> release;
  std::atomic<bool> is_held = false;
  std::atomic<bool> has_returned = false;
  {
    told_server with{{},
                     [&, released = release.get_future().share()](const incoming_request&,
                                                                  const response_handle&) {
                       is_held = true;
                       released.wait();
                       has_returned = true;
                     }};
    http_peer client{with.port()};
    client.say(get);
    wait_until([&] { return is_held.load(); });
    CHECK_FALSE(with.server->stop(10ms));
    release.set_value();
    wait_until([&] { return has_returned.load(); });
    // Now it ends.
    CHECK(with.server->stop(1min));
  }
}

}  // namespace
