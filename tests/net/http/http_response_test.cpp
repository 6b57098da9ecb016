#include "net/http/http_response.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::net;
using namespace std::chrono_literals;

namespace {

TEST_CASE("what comes of a request is judged by how it ended and by its status") {
  struct row {
    net::http_ending how;
    int status;
    net::verdict expected;
  };
  const std::vector<row> table{
      {net::http_ending::answered, 200, net::verdict::fine},
      {net::http_ending::answered, 201, net::verdict::fine},
      {net::http_ending::answered, 301, net::verdict::refused},
      {net::http_ending::answered, 400, net::verdict::refused},
      {net::http_ending::answered, 401, net::verdict::denied},
      {net::http_ending::answered, 402, net::verdict::denied},
      {net::http_ending::answered, 403, net::verdict::denied},
      {net::http_ending::answered, 407, net::verdict::denied},
      {net::http_ending::answered, 404, net::verdict::refused},
      {net::http_ending::answered, 408, net::verdict::transient},
      {net::http_ending::answered, 413, net::verdict::refused},
      {net::http_ending::answered, 425, net::verdict::transient},
      {net::http_ending::answered, 429, net::verdict::throttled},
      {net::http_ending::answered, 500, net::verdict::transient},
      {net::http_ending::answered, 503, net::verdict::transient},
      {net::http_ending::not_connected, 0, net::verdict::transient},
      {net::http_ending::timed_out, 0, net::verdict::transient},
      {net::http_ending::broken, 200, net::verdict::transient},
      {net::http_ending::too_large, 200, net::verdict::malformed},
      {net::http_ending::stopped, 0, net::verdict::stopped},
  };
  for (const auto& one : table) {
    INFO("status " << one.status);
    CHECK(net::judge({.how = one.how, .status = one.status}) == one.expected);
  }
}

TEST_CASE("the sentence about a failure names endpoint, status, time and the service's message") {
  CHECK(net::describe("http://x/v1/embeddings",
                      {.how = net::http_ending::answered,
                       .status = 503,
                       .body = R"({"error": {"message": "model is loading", "type": "x"}})",
                       .took = 120ms},
                      "") == "http://x/v1/embeddings answered 503 after 0.120 s: model is loading");
  CHECK(net::describe("http://x",
                      {.how = net::http_ending::timed_out, .why = "silent for 2s", .took = 2s},
                      "") == "http://x did not answer in time after 2.000 s: silent for 2s");
}

TEST_CASE("a secret that the service repeats is not repeated, not even a part of it") {
  const std::string secret = "sk-very-secret-indeed";
  CHECK(net::describe("http://x",
                      {.how = net::http_ending::answered,
                       .status = 401,
                       .body = R"({"error": {"message": "bad key sk-very-secret-indeed!"}})"},
                      secret) == "http://x answered 401 after 0.000 s: bad key ***!");
  const auto cut = net::describe(
      "http://x",
      {.how = net::http_ending::answered, .status = 401, .body = std::string(290, 'a') + secret},
      secret);
  CHECK(cut.find("sk-") == std::string::npos);
}

TEST_CASE("a service's message is found in the bodies that are in use, and is one short line") {
  CHECK(net::service_message(R"({"error": "no model"})") == "no model");
  CHECK(net::service_message(R"({"message": "too long"})") == "too long");
  CHECK(net::service_message(R"({"detail": "not here"})") == "not here");
  CHECK(net::service_message("Bad Gateway\n<html>") == "Bad Gateway");
  CHECK(net::service_message("").empty());
  CHECK(net::service_message(R"({"error": {"code": 7}})") == R"({"error": {"code": 7}})");
  CHECK(net::service_message(std::string(400, 'a')) == std::string(300, 'a') + "...");
  CHECK(net::service_message("a\tb\x01\xff") == "a b\xef\xbf\xbd");
  CHECK(net::service_message(R"({"error": "one\ntwo"})") == "one two");
}

}  // namespace
