#include "net/http/request_parser.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace millrace;
using namespace millrace::net;

namespace {

net::http_reader read(std::string_view text) {
  net::http_reader reader;
  reader.take(text);
  return reader;
}

TEST_CASE("a request is read, in whatever pieces it comes") {
  const std::string text =
      "POST /a/b HTTP/1.1\r\nHost: x\r\nX-Long:  with spaces \r\nCONTENT-LENGTH: 5\r\n\r\nhello";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    net::http_reader reader;
    for (std::size_t i = 0; i < text.size(); i += size) {
      CHECK_FALSE(reader.done());
      reader.take(std::string_view{text}.substr(i, size));
    }
    REQUIRE(reader.done());
    CHECK(reader.refusal() == 0);
    CHECK(reader.method() == "POST");
    CHECK(reader.path() == "/a/b");
    CHECK(reader.header("x-long") == "with spaces");
    CHECK(reader.header("nothing").empty());
    CHECK(reader.body() == "hello");
  }
}

TEST_CASE("a request without a body has none, and what follows it is left alone") {
  const auto reader = read("GET / HTTP/1.0\r\n\r\nmore");
  CHECK(reader.done());
  CHECK(reader.body().empty());
}

TEST_CASE("what is no request, or too much of one, is refused with the status that says so") {
  struct row {
    std::string text;
    int status;
  };
  const std::string post = "POST / HTTP/1.1\r\n";
  for (const auto& [text, status] : std::array{
           row{"hello\r\n\r\n", 400},
           row{"GET /\r\n\r\n", 400},
           row{"\r\n\r\n", 400},
           row{post + "no colon\r\n\r\n", 400},
           row{post + ": no name\r\n\r\n", 400},
           row{post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
           row{post + "Content-Length: -1\r\n\r\n", 400},
           row{post + "Content-Length: 1x\r\n\r\n", 400},
           row{post + "Content-Length: 65537\r\n\r\n", 413},
           row{post + "Content-Length: 99999999999999999999999\r\n\r\n", 413},
           row{post + "Transfer-Encoding: chunked\r\n\r\n", 411},
           row{std::string(net::http_reader::head_limit + 1, 'a'), 431},
           row{post + "A: " + std::string(net::http_reader::head_limit, 'a') + "\r\n\r\n", 431},
       }) {
    INFO(text.substr(0, 100));
    CHECK(read(text).refusal() == status);
  }
  CHECK_FALSE(read(post + "Content-Length: 65536\r\n\r\n").done());
}

TEST_CASE("an answer is a sentence in JSON") {
  CHECK(net::http_answer(404, "no \"such\" job") ==
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 30\r\n"
        "Connection: close\r\n\r\n{\"message\":\"no \\\"such\\\" job\"}\n");
}

}  // namespace
