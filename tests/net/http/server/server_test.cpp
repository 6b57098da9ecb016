#include "net/http/server/server.hpp"

#include "base/error.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http/told_handler.hpp"
#include "tests/support/wait_until.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace millrace;
using namespace millrace::net;
using namespace millrace::tests;
using namespace std::chrono_literals;

namespace {

void check_problem(const heard_response& response, int status) {
  CHECK(response.status == status);
  CHECK(response.headers.at("content-type") == "application/problem+json");
  const auto document = nlohmann::json::parse(response.body);
  CHECK(document["status"] == status);
  CHECK_FALSE(document["detail"].get<std::string>().empty());
}

TEST_CASE("a connection serves one request after the other") {
  told_server with;
  http_peer client{with.port()};
  for (int i = 0; i < 3; ++i) {
    client.say(post("body" + std::to_string(i)));
    const auto response = client.hear();
    CHECK(response.status == 200);
    CHECK(response.body == "POST / body" + std::to_string(i));
    CHECK_FALSE(response.headers.contains("connection"));
    CHECK(response.headers.at("date").ends_with(" GMT"));
  }
  client.say("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.hear().headers.at("connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("a handler sees the request with its peer") {
  std::optional<incoming_request> seen;
  told_server with{{}, [&](incoming_request request, const response_handle& respond) {
                     seen = std::move(request);
                     respond.send({.status = 204});
                   }};
  http_peer client{with.port()};
  client.say("PUT /a%2Fb?c=d HTTP/1.1\r\nHost: x\r\nX-E: f\r\nContent-Length: 2\r\n\r\n\r\n");
  const auto response = client.hear();
  CHECK(response.status == 204);
  CHECK_FALSE(response.headers.contains("content-length"));
  CHECK(seen->method == "PUT");
  CHECK(seen->target.segments == std::vector<std::string>{"a/b"});
  CHECK(seen->target.parameter("c") == "d");
  CHECK(seen->header("x-e") == "f");
  CHECK(seen->body == "\r\n");
  CHECK(seen->peer.starts_with("127.0.0.1:"));
  CHECK_FALSE(seen->is_secure);
}

TEST_CASE("requests that were sent at once are answered in their order, by whichever thread") {
  std::vector<std::thread> threads;
  told_server with{
      {}, [&](const incoming_request& request, const response_handle& respond) {
        threads.emplace_back([request, respond] { told_handler::echo(request, respond); });
      }};
  http_peer client{with.port()};
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  client.say(all);
  for (int i = 0; i < 100; ++i)
    CHECK(client.hear().body == "GET /" + std::to_string(i) + " ");
  with.server.reset();
  for (auto& thread : threads)
    thread.join();
}

TEST_CASE("ten thousand requests at once take no stack, also when they are answered at once") {
  told_server with;
  with.handler->admits = [](const incoming_request&) {
    return admission{.response = outgoing_response{.status = 401}};
  };
  http_peer client{with.port()};
  std::thread writer{[&] {
    for (int i = 0; i < 100; ++i) {
      std::string some;
      for (int j = 0; j < 100; ++j)
        some += get;
      client.try_say(some);
    }
  }};
  int answered = 0;
  while (answered < 10'000 && client.hear().status == 401)
    ++answered;
  writer.join();
  CHECK(answered == 10'000);
}

TEST_CASE("the body of a request that was sent with another is waited for") {
  // oven-sh/bun#43527
  told_server with;
  http_peer client{with.port()};
  client.say(get + "POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" +
             std::string(10, 'b'));
  CHECK(client.hear().body == "GET / ");
  client.say(std::string(99'990, 'b') + get);
  CHECK(client.hear().body == "POST /two " + std::string(100'000, 'b'));
  CHECK(client.hear().body == "GET / ");
}

TEST_CASE("a body in chunks is one body") {
  told_server with;
  http_peer client{with.port()};
  client.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.say("2\r\nde\r\n0\r\n\r\n" + get);
  CHECK(client.hear().body == "POST / abcde");
  CHECK(client.hear().body == "GET / ");
}

TEST_CASE("HEAD has the length that GET would have, and no body") {
  told_server with;
  http_peer client{with.port()};
  client.say("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + get);
  CHECK(client.hear(/*is_head=*/true).headers.at("content-length") == "7");
  CHECK(client.hear().body == "GET / ");
}

TEST_CASE("HTTP/1.0 is answered, and the connection closed") {
  told_server with;
  http_peer client{with.port()};
  client.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto response = client.hear();
  CHECK(response.body == "GET / ");
  CHECK(response.headers.at("connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("a client that asks whether to send its body is told") {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  told_server with;
  http_peer client{with.port()};
  SECTION("to go on") {
    client.say(head);
    CHECK(client.hear().status == 100);
    client.say("abc" + get);
    CHECK(client.hear().body == "POST / abc");
    CHECK(client.hear().body == "GET / ");
  }
  SECTION("nothing when it sends it anyway") {
    client.say(head + "abc");
    CHECK(client.hear().body == "POST / abc");
  }
  SECTION("a refusal before it has sent anything") {
    // lalinsky/dusty#163
    with.handler->admits = [](const incoming_request& request) {
      return admission{.response = problem(401, request.method)};
    };
    client.say(head);
    const auto response = client.hear();
    check_problem(response, 401);
    CHECK(response.headers.at("connection") == "close");
    CHECK(client.is_closed());
  }
  SECTION("that it is too large") {
    with.handler->admits = [](const incoming_request&) { return admission{.body_limit = 2}; };
    client.say(head);
    check_problem(client.hear(), 413);
    CHECK(client.is_closed());
  }
}

TEST_CASE("what cannot be read is answered once, and nothing after it is read") {
  told_server with;
  for (const std::string bad :
       {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 30\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02"}) {
    INFO(bad);
    http_peer client{with.port()};
    client.say(get + bad + "0\r\n\r\n" + get);
    CHECK(client.hear().body == "GET / ");
    check_problem(client.hear(), 400);
    CHECK(client.is_closed());
  }
}

TEST_CASE("a coding of the body that is not known is refused with 501") {
  told_server with;
  http_peer client{with.port()};
  client.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + get);
  check_problem(client.hear(), 501);
  CHECK(client.is_closed());
}

TEST_CASE("an upload that is cut off never reaches the handler") {
  std::atomic<int> handled = 0;
  told_server with{{}, [&](const incoming_request& request, const response_handle& respond) {
                     ++handled;
                     told_handler::echo(request, respond);
                   }};
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& cut :
       {std::string{"POST / HT"}, std::string{"POST / HTTP/1.1\r\nHost: x\r\n"},
        std::string{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123456789"},
        chunked + "3\r\nab", chunked + "3\r\nabc\r\n", chunked + "3\r\nabc\r\n0\r\n"}) {
    INFO(cut);
    http_peer client{with.port()};
    client.say(cut);
    client.end_sending();
    CHECK(client.is_closed());
  }
  wait_until([&] { return with.server->connections() == 0; });
  CHECK(handled == 0);
}

TEST_CASE("a client that has said all it wants may close its side and is answered") {
  told_server with;
  http_peer client{with.port()};
  client.say(get + get);
  client.end_sending();
  CHECK(client.hear().body == "GET / ");
  CHECK(client.hear().body == "GET / ");
  CHECK(client.is_closed());
}

TEST_CASE("a handler that throws is answered with 500, and the connection goes on") {
  told_server with{{}, [](const incoming_request& request, const response_handle& respond) {
                     if (request.method == "POST")
                       throw std::runtime_error{"a secret"};
                     if (request.method == "PUT")
                       throw 42;
                     told_handler::echo(request, respond);
                   }};
  http_peer client{with.port()};
  client.say(post("x") + get);
  const auto failed = client.hear();
  check_problem(failed, 500);
  CHECK(failed.body.find("secret") == std::string::npos);
  CHECK(client.hear().body == "GET / ");
  client.say("PUT / HTTP/1.1\r\nHost: x\r\n\r\n");
  check_problem(client.hear(), 500);

  with.handler->admits = [](const incoming_request&) -> admission {
    throw std::runtime_error{"a secret"};
  };
  client.say(get);
  check_problem(client.hear(), 500);
}

TEST_CASE("a request that is given up is answered with 500") {
  told_server with{{}, [](const incoming_request&, const response_handle&) {}};
  http_peer client{with.port()};
  client.say(get);
  check_problem(client.hear(), 500);
}

TEST_CASE("a response with a header that would be two is not sent") {
  told_server with{{}, [](const incoming_request& request, const response_handle& respond) {
                     respond.send({.status = request.method == "GET" ? 200 : 7,
                                   .headers = {{"X-A", "b\r\nX-C: d"}}});
                   }};
  http_peer client{with.port()};
  client.say(get + post(""));
  for (int i = 0; i < 2; ++i) {
    const auto response = client.hear();
    check_problem(response, 500);
    CHECK_FALSE(response.headers.contains("x-c"));
  }
}

TEST_CASE("a response may end the connection") {
  told_server with{{}, [](const incoming_request&, const response_handle& respond) {
                     respond.send({.closes = true});
                   }};
  http_peer client{with.port()};
  client.say(get);
  CHECK(client.hear().headers.at("connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("a large response comes whole") {
  const std::string large(20'000'000, 'x');
  told_server with{{}, [&](const incoming_request&, const response_handle& respond) {
                     respond.send({.body = large});
                   }};
  http_peer client{with.port()};
  client.say(get + get);
  CHECK(client.hear().body == large);
  CHECK(client.hear().body == large);
}

TEST_CASE("a client that leaves before it is answered is told, and a late response does nothing") {
  std::mutex mutex;
  std::optional<response_handle> kept;
  std::atomic<bool> left = false;
  told_server with{{}, [&](const incoming_request&, response_handle respond) {
                     respond.on_leave([&] { left = true; });
                     const std::scoped_lock guard{mutex};
                     kept = std::move(respond);
                   }};
  http_peer client{with.port()};
  client.say(get);
  wait_until([&] {
    const std::scoped_lock guard{mutex};
    return kept.has_value();
  });
  CHECK_FALSE(kept->client_has_left());
  client.leave();
  wait_until([&] { return left.load(); });
  CHECK(kept->client_has_left());
  CHECK(kept->send({}));
  wait_until([&] { return with.server->connections() == 0; });

  SECTION("when the connection has gone") {
    CHECK_FALSE(kept->send({}));
    kept.reset();
  }
  SECTION("when the server has gone") {
    http_peer other{with.port()};
    kept.reset();
    other.say(get);
    wait_until([&] {
      const std::scoped_lock guard{mutex};
      return kept.has_value();
    });
    with.server.reset();
    CHECK(kept->client_has_left());
    CHECK(kept->send({}));
    kept.reset();
  }
}

TEST_CASE("a server with several threads serves all of its clients") {
  told_server with{{}, {}, 4};
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&] {
      const auto fd = dial(with.port());
      std::string all;
      for (int j = 0; j < 50; ++j)
        all += get;
      ::send(fd.get(), all.data(), all.size(), MSG_NOSIGNAL);
      ::shutdown(fd.get(), SHUT_WR);
      std::string heard;
      std::array<char, 4096> piece{};
      for (ssize_t got = 0; (got = ::recv(fd.get(), piece.data(), piece.size(), 0)) > 0;)
        heard.append(piece.data(), static_cast<std::size_t>(got));
      for (auto at = heard.find("200 OK"); at != std::string::npos;
           at = heard.find("200 OK", at + 1))
        ++answered;
    });
  for (auto& client : clients)
    client.join();
  CHECK(answered == 400);
}

TEST_CASE("a port that is in use is an error that says whose, where and what next") {
  const told_server with;
  const http_server_settings settings{
      .at = {"127.0.0.1", with.port()}, .whose = "the API's", .setting = "api.listen"};
  try {
    const told_server other{{}, settings};
    FAIL("two servers have one port");
  } catch (const error& e) {
    CHECK(e.summary() == "cannot open the API's port");
    CHECK(e.why().starts_with("127.0.0.1:" + std::to_string(with.port()) + ": "));
    CHECK(e.next().starts_with("give api.listen "));
  }
}

}  // namespace
