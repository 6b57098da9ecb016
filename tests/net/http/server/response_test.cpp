#include "net/http/server/response.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>

using namespace millrace;
using namespace millrace::net;
using namespace std::chrono_literals;

namespace {

constexpr time_point now = std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} + 8h + 5min + 3s;

TEST_CASE("a head has the status, the date, the headers and how the body ends") {
  const outgoing_response response{.status = 404, .headers = {{"X-A", "b"}}, .body = "12345"};
  const std::string first =
      "HTTP/1.1 404 Not Found\r\nDate: Tue, 01 Dec 2026 08:05:03 GMT\r\n"
      "X-A: b\r\n";
  CHECK(response_head(response, body_framing::length, false, now) ==
        first + "Content-Length: 5\r\n\r\n");
  CHECK(response_head(response, body_framing::chunks, false, now) ==
        first + "Transfer-Encoding: chunked\r\n\r\n");
  CHECK(response_head(response, body_framing::none, true, now) ==
        first + "Connection: close\r\n\r\n");
  CHECK(response_head(response, body_framing::end_of_connection, true, now) ==
        first + "Connection: close\r\n\r\n");
}

TEST_CASE("the headers of the server are its own") {
  const outgoing_response response{.headers = {{"content-length", "7"},
                                               {"Transfer-Encoding", "gzip"},
                                               {"DATE", "x"},
                                               {"Connection", "upgrade"}}};
  CHECK(response_head(response, body_framing::length, false, now) ==
        "HTTP/1.1 200 OK\r\nDate: Tue, 01 Dec 2026 08:05:03 GMT\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a header with a line end is not sound: it would be two") {
  using headers = std::vector<std::pair<std::string, std::string>>;
  for (const auto& sound : {headers{}, {{"X-A", "b c\t\xC3\xA4"}}, {{"a!#$%&'*+-.^_`|~1", ""}}})
    CHECK(has_sound_headers({.headers = sound}));
  for (const auto& unsound :
       {headers{{"X-A", "b\r\nSet-Cookie: c"}}, headers{{"X-A", "b\n"}},
        headers{{"X-A", std::string{'b', '\0'}}}, headers{{"X-A", "\x7f"}}, headers{{"", "b"}},
        headers{{"X A", "b"}}, headers{{"X-A:", "b"}}, headers{{"X-A\r\nY", "b"}}})
    CHECK_FALSE(has_sound_headers({.headers = unsound}));
}

TEST_CASE("a problem is a document of RFC 9457") {
  const auto response = problem(413, "the \"body\" is \xFF large");
  CHECK(response.status == 413);
  CHECK(response.headers.front() ==
        std::pair<std::string, std::string>{"Content-Type", "application/problem+json"});
  const auto document = nlohmann::json::parse(response.body);
  CHECK(document["type"] == "about:blank");
  CHECK(document["title"] == "Payload Too Large");
  CHECK(document["code"] == "HTTP_413");
  CHECK(document["next"] == "send less in one request");
  CHECK(document["status"] == 413);
  CHECK(document["detail"] == "the \"body\" is \xEF\xBF\xBD large");
  CHECK(title_of(299) == "Unknown");
}

TEST_CASE("a chunk has its size in hexadecimal") {
  CHECK(body_chunk(std::string(26, 'x')) == "1a\r\n" + std::string(26, 'x') + "\r\n");
  CHECK(body_chunk({}) == "0\r\n\r\n");
}

}  // namespace
