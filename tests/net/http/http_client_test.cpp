#include "net/http/http_client.hpp"

#include "tests/support/http_server/test_http_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

using namespace millrace;
using namespace millrace::net;
using namespace std::chrono_literals;
using millrace::tests::test_http_server;

namespace {

constexpr auto two_texts = R"({"model": "m", "input": ["one", "two"], "dimensions": 3})";

net::http_request embeddings(const test_http_server& at, std::string key = {}) {
  return {at.url() + "/embeddings", two_texts, std::move(key)};
}

TEST_CASE("an answer comes with its status, its body and how long it took") {
  const test_http_server server;
  net::http_client client{{}};
  const auto answer = client.send(embeddings(server), {});
  CHECK(answer.how == net::http_ending::answered);
  CHECK(answer.status == 200);
  CHECK_THAT(answer.body, Catch::Contains("\"embedding\""));
  CHECK(answer.took > 0us);
  const auto models = client.send({server.url() + "/models"}, {});
  CHECK(models.status == 200);
  CHECK(client.send({server.url() + "/nothing"}, {}).status == 404);
}

TEST_CASE("each way in which a service fails is told apart") {
  const test_http_server server;
  net::http_client client{{.read_timeout = 200ms, .total_timeout = 2s, .max_response = 100'000}};
  const auto fails_with = [&](const std::string& how) {
    server.tell("next " + how);
    return client.send(embeddings(server), {});
  };
  SECTION("a status with Retry-After") {
    const auto answer = fails_with("status:503:7");
    CHECK(answer.status == 503);
    CHECK(answer.retry_after == 7s);
    CHECK_FALSE(answer.retry_after_is_cut);
  }
  SECTION("a Retry-After that is too long to wait for is bounded, and told") {
    for (const auto* seconds : {"9000000000", "9999999999999", "9223372036854775807"}) {
      INFO(seconds);
      const auto answer = fails_with(std::string{"status:429:"} + seconds);
      CHECK(answer.retry_after == 24h);
      CHECK_THAT(net::describe("url", answer, {}),
                 Catch::Contains("it wants a longer pause than 1d, which is taken"));
    }
  }
  SECTION("a hang ends at the read timeout") {
    const auto answer = fails_with("hang");
    CHECK(answer.how == net::http_ending::timed_out);
    CHECK(answer.why == "silent for 200ms");
    CHECK(answer.took >= 200ms);
    CHECK(answer.took < 1900ms);
  }
  SECTION("a reset") { CHECK(fails_with("reset").how == net::http_ending::broken); }
  SECTION("half an answer") { CHECK(fails_with("truncate").how == net::http_ending::broken); }
  SECTION("too much") {
    const auto answer = fails_with("large:100001");
    CHECK(answer.how == net::http_ending::too_large);
    CHECK(answer.body.size() <= 100'000);
    CHECK(fails_with("large:99999").how == net::http_ending::answered);
  }
  // Whatever it was, the next request is answered.
  CHECK(client.send(embeddings(server), {}).status == 200);
}

TEST_CASE("a request ends after its total timeout although the service shows life") {
  const test_http_server server;
  net::http_client client{{.read_timeout = 1min, .total_timeout = 300ms}};
  server.tell("next hang");
  const auto answer = client.send(embeddings(server), {});
  CHECK(answer.how == net::http_ending::timed_out);
  // libcurl counts whole milliseconds.
  CHECK(answer.took >= 299ms);
  CHECK(answer.took < 10s);
}

TEST_CASE("a port without a server, and an unknown name, are no connection") {
  test_http_server server;
  const auto request = embeddings(server);
  server.end();
  net::http_client client{{}};
  const auto answer = client.send(request, {});
  CHECK(answer.how == net::http_ending::not_connected);
  CHECK_FALSE(answer.why.empty());
  CHECK(client.send({"http://nobody.invalid/v1/models"}, {}).how ==
        net::http_ending::not_connected);
}

TEST_CASE("only HTTP is spoken: a URL cannot read a file") {
  const millrace::tests::temp_dir folder;
  net::http_client client{{}};
  const auto answer = client.send({"file://" + folder.write("secret", "text")}, {});
  CHECK(answer.how == net::http_ending::not_connected);
  CHECK(answer.body.empty());
}

TEST_CASE("a request that is no longer wanted ends at once") {
  const test_http_server server;
  server.tell("always hang");
  net::http_client client{{}};
  std::stop_source stop;
  std::atomic<bool> ended = false;
  net::http_response answer;
  std::thread waiting{[&] {
    answer = client.send(embeddings(server), stop.get_token());
    ended = true;
  }};
  while (server.asked().requests == 0)
    std::this_thread::yield();
  CHECK_FALSE(ended);
  stop.request_stop();
  waiting.join();
  CHECK(answer.how == net::http_ending::stopped);
  CHECK(answer.took < 10s);
}

TEST_CASE("the key is sent as a bearer token") {
  const test_http_server server;
  server.tell("next echo-key");
  net::http_client client{{}};
  CHECK_THAT(client.send(embeddings(server, "sk-1"), {}).body, Catch::Contains("bad: Bearer sk-1"));
}

TEST_CASE("requests from several threads overlap") {
  const test_http_server server;
  server.tell("always ok+200");
  net::http_client client{{}};
  std::vector<std::thread> threads;
  std::atomic<int> well = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(
        [&] { well += client.send(embeddings(server), {}).status == 200 ? 1 : 0; });
  for (auto& one : threads)
    one.join();
  CHECK(well == 8);
  CHECK(server.asked().peak >= 4);
}

}  // namespace
