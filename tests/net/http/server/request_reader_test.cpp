#include "net/http/server/request_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::net;

namespace {

using progress = request_reader::progress;

constexpr std::size_t header_limit = 1024;

struct reading {
  /// Of a refusal; 0 for a whole request, -1 for one that wants more.
  int status = 0;
  incoming_request request;
  std::string rest;
};

/// Reads a text that comes in pieces of that size.
reading read_request(const std::string& text, std::size_t piece_size) {
  request_reader reader{header_limit};
  reading got;
  for (std::size_t at = 0; at < text.size();) {
    got.rest += text.substr(at, piece_size);
    at += std::min(piece_size, text.size() - at);
    for (;;) {
      const auto came = reader.take(got.rest);
      if (came == progress::wants_more)
        break;
      if (came == progress::has_header && reader.limit_body(100))
        continue;
      got.status = reader.refusal().status;
      got.request = std::move(reader.request());
      got.rest += text.substr(at);
      return got;
    }
  }
  got.status = -1;
  return got;
}

/// The same whatever the pieces.
reading read_request(const std::string& text) {
  auto at_once = read_request(text, text.size());
  auto by_byte = read_request(text, 1);
  auto by_some = read_request(text, 7);
  for (const auto& other : {by_byte, by_some}) {
    CHECK(other.status == at_once.status);
    if (at_once.status == 0) {
      CHECK(other.request.headers == at_once.request.headers);
      CHECK(other.request.body == at_once.request.body);
      CHECK(other.rest == at_once.rest);
    }
  }
  return at_once;
}

const std::string get_line = "GET / HTTP/1.1\r\nHost: x\r\n";
const std::string post_line = "POST / HTTP/1.1\r\nHost: x\r\n";
const std::string chunked_post = post_line + "Transfer-Encoding: chunked\r\n\r\n";
const std::string last_chunk = "0\r\n\r\n";

TEST_CASE("a request is read, and what follows it is left alone") {
  const auto got = read_request(
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Long:  with spaces \t\r\nX-Empty:\r\n"
      "CONTENT-LENGTH: 5\r\n\r\nhelloGET /next");
  CHECK(got.status == 0);
  CHECK(got.request.method == "POST");
  CHECK(got.request.target.segments == std::vector<std::string>{"a"});
  CHECK(got.request.target.parameter("b") == "c");
  CHECK(got.request.header("x-long") == "with spaces");
  CHECK(got.request.header("x-empty").empty());
  CHECK(got.request.header("nothing").empty());
  CHECK(got.request.body == "hello");
  CHECK(got.rest == "GET /next");
}

TEST_CASE("what a client may send, strange as it may look") {
  struct row {
    std::string text;
    std::string body;
  };
  for (const auto& [text, body] : std::vector<row>{
           {get_line + "\r\n", ""},
           {"\r\n" + get_line + "\r\n", ""},
           {"GET / HTTP/1.0\r\n\r\n", ""},
           {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", ""},
           {"BREW http://x/ HTTP/1.1\r\nHost:\r\n\r\n", ""},
           {get_line + "Content-Length: 0\r\n\r\n", ""},
           {get_line + "Content-Length: 3\r\n\r\nabc", "abc"},
           {post_line + "Content-Length: 003\r\n\r\nabc", "abc"},
           {post_line + "Content-Length: 3\r\n\r\n0\r\n", "0\r\n"},
           {post_line + "tRANSFER-eNCODING: CHUNKED\r\n\r\n3\r\nabc\r\n" + last_chunk, "abc"},
           {chunked_post + "3\r\nabc\r\n2;a=b\r\nde\r\n0;c=\"d\"\r\n\r\n", "abcde"},
           {chunked_post + "0003\r\nabc\r\n000\r\n\r\n", "abc"},
           {chunked_post + "A\r\n0123456789\r\n" + last_chunk, "0123456789"},
           {chunked_post + last_chunk, ""},
           // A body may have what a header may not.
           {chunked_post + "4\r\n\r\n\n\r\r\n" + last_chunk, "\r\n\n\r"},
       }) {
    INFO(text);
    const auto got = read_request(text);
    CHECK(got.status == 0);
    CHECK(got.request.body == body);
    CHECK(got.rest.empty());
  }
}

TEST_CASE("trailers add nothing to the header") {
  const auto got =
      read_request(chunked_post + "0\r\nAuthorization: Bearer forged\r\nX-A: b\r\n\r\nGET");
  CHECK(got.status == 0);
  CHECK(got.request.header("authorization").empty());
  CHECK(got.request.headers.size() == 2);
  CHECK(got.rest == "GET");
}

TEST_CASE("what another server may read as something else is refused") {
  struct row {
    std::string text;
    int status;
  };
  const std::string length = "Content-Length: 3\r\n";
  const std::string coding = "Transfer-Encoding: chunked\r\n";
  for (const auto& [text, status] : std::vector<row>{
           // Two lengths, in either order and any spelling (boostorg/beast#3098).
           {post_line + length + coding + "\r\n", 400},
           {post_line + coding + length + "\r\n", 400},
           {post_line + "Transfer-Encoding: gzip\r\n" + length + "\r\n", 400},
           {post_line + length + "Transfer-Encoding: gzip\r\n\r\n", 400},
           {post_line + length + "Content-Length: 4\r\n\r\n", 400},
           {post_line + length + length + "\r\n", 400},
           {post_line + "Content-Length: 3, 3\r\n\r\n", 400},
           {post_line + "Content-Length: 3,4\r\n\r\n", 400},
           {post_line + "Content-Length:\r\n\r\n", 400},
           {post_line + "Content-Length: +3\r\n\r\n", 400},
           {post_line + "Content-Length: -3\r\n\r\n", 400},
           {post_line + "Content-Length: 0x3\r\n\r\n", 400},
           {post_line + "Content-Length: 3 4\r\n\r\n", 400},
           {post_line + "Content-Length: 3e0\r\n\r\n", 400},
           {post_line + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
           {post_line + "Content-Length : 3\r\n\r\n", 400},
           // Codings that only look like chunked (postrank-labs/goliath#351).
           {post_line + "Transfer-Encoding: xchunked\r\n\r\n", 501},
           {post_line + "Transfer-Encoding: chunked, gzip\r\n\r\n", 501},
           {post_line + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
           {post_line + "Transfer-Encoding: identity\r\n\r\n", 501},
           {post_line + "Transfer-Encoding: \"chunked\"\r\n\r\n", 501},
           {post_line + "Transfer-Encoding: chunked_post;q=1\r\n\r\n", 501},
           {post_line + "Transfer-Encoding:\r\n\r\n", 501},
           {post_line + coding + coding + "\r\n", 400},
           {post_line + coding + "Transfer-Encoding: identity\r\n\r\n", 400},
           {post_line + "Transfer-Encoding : chunked\r\n\r\n", 400},
           {post_line + " Transfer-Encoding: chunked\r\n\r\n", 400},
           {post_line + "Transfer-Encoding: \x0b"
                        "chunked\r\n\r\n",
            400},
           {"POST / HTTP/1.0\r\nHost: x\r\n" + coding + "\r\n", 400},
           // Lines that last_chunk in half (lpereira/lwan#368, golang/go#71988).
           {"GET / HTTP/1.1\nHost: x\n\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\n\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\r\r\n\r\n", 400},
           {"\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"\r\n\r\n" + get_line + "\r\n", 400},
           {get_line + "X: a\r\n b\r\n\r\n", 400},
           {get_line + "X: a\r\n\tContent-Length: 3\r\n\r\n", 400},
           {get_line + " \r\nX: y\r\n\r\n", 400},
           // Chunks.
           {chunked_post + "3\nabc\r\n" + last_chunk, 400},
           {chunked_post + "3\r\nabcd\r\n" + last_chunk, 400},
           {chunked_post + "3\r\nab\r\n" + last_chunk, 400},
           {chunked_post + "3\r\nabc\n" + last_chunk, 400},
           {chunked_post + "3 \r\nabc\r\n" + last_chunk, 400},
           {chunked_post + "0x3\r\nabc\r\n" + last_chunk, 400},
           {chunked_post + "+3\r\nabc\r\n" + last_chunk, 400},
           {chunked_post + "-3\r\nabc\r\n" + last_chunk, 400},
           {chunked_post + "3x\r\nabc\r\n" + last_chunk, 400},
           {chunked_post + ";a=b\r\n" + last_chunk, 400},
           {chunked_post + "\r\n" + last_chunk, 400},
           {chunked_post + "10000000000000003\r\nabc\r\n" + last_chunk, 400},
           // An LF within quotes (CVE-2025-55315).
           {chunked_post + "3;a=\"\n\"\r\nabc\r\n" + last_chunk, 400},
           {chunked_post + "0\r\nContent-Length: 3\r\n\r\n", 400},
           {chunked_post + "0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
           {chunked_post + "0\r\nX: y\n\r\n\r\n", 400},
           // Hosts.
           {"GET / HTTP/1.1\r\n\r\n", 400},
           {get_line + "Host: y\r\n\r\n", 400},
           {"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400},
           {get_line + "Authorization: a\r\nAuthorization: b\r\n\r\n", 400},
           {get_line + "Expect: tea\r\n\r\n", 417},
       }) {
    INFO(text);
    CHECK(read_request(text).status == status);
  }
}

TEST_CASE("what is no request is refused") {
  using namespace std::string_literals;
  struct row {
    std::string text;
    int status;
  };
  for (const auto& [text, status] : std::vector<row>{
           {"hello\r\n\r\n", 400},
           {"GET /\r\n\r\n", 400},
           {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
           {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET / http/1.1\r\nHost: x\r\n\r\n", 400},
           {"G=T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"GET /\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
           {"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505},
           {"GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505},
           {"GET / HTTP/11\r\nHost: x\r\n\r\n", 400},
           {get_line + "no colon\r\n\r\n", 400},
           {get_line + ": no name\r\n\r\n", 400},
           {get_line + "a b: c\r\n\r\n", 400},
           {get_line + "\xC3\xA4: c\r\n\r\n", 400},
           {get_line + "a: b\0c\r\n\r\n"s, 400},
           {get_line + "a: b\x7f\r\n\r\n", 400},
       }) {
    INFO(text);
    CHECK(read_request(text).status == status);
  }
}

TEST_CASE("a limit holds to the byte") {
  struct row {
    std::string text;
    int status;
  };
  const auto padded = [](std::string text, std::size_t size) {
    text += "X: ";
    return text + std::string(size - text.size() - 4, 'x') + "\r\n\r\n";
  };
  const auto target = [](std::size_t size) { return "GET /" + std::string(size, 'x'); };
  const auto body = std::string(100, 'x');
  for (const auto& [text, status] : std::vector<row>{
           {padded(get_line, header_limit), 0},
           {padded(get_line, header_limit + 1), 431},
           {get_line + std::string(header_limit, 'x'), 431},
           {target(header_limit - 5), -1},
           {target(header_limit), 414},
           {post_line + "Content-Length: 100\r\n\r\n" + body, 0},
           {post_line + "Content-Length: 101\r\n\r\n", 413},
           {post_line + "Content-Length: 18446744073709551615\r\n\r\n", 413},
           {chunked_post + "64\r\n" + body + "\r\n" + last_chunk, 0},
           {chunked_post + "65\r\n", 413},
           {chunked_post + "63\r\n" + body.substr(1) + "\r\n1\r\n", -1},
           {chunked_post + "63\r\n" + body.substr(1) + "\r\n2\r\n", 413},
           {chunked_post + "ffffffffffffffff\r\n", 413},
           // What is in no body has a limit too (oven-sh/bun#34504, twisted/twisted#3795).
           {chunked_post + "1;" + std::string(2 * header_limit, 'x'), 431},
           {chunked_post + std::string(2 * header_limit, '0'), 431},
           {chunked_post + "0\r\nX: " + std::string(2 * header_limit, 'x'), 431},
           {chunked_post + "0\r\nX: " + std::string(header_limit, 'x') + "\r\n\r\n", 431},
           {chunked_post + "0\r\nX: " + std::string(header_limit / 2, 'x') +
                "\r\nY: " + std::string(header_limit / 2, 'y') + "\r\n\r\n",
            431},
       }) {
    INFO(text.substr(0, 100) << text.size());
    CHECK(read_request(text).status == status);
  }
  std::string extensions = chunked_post;
  for (int i = 0; i < 50; ++i)
    extensions += "1;" + std::string(30, 'x') + "\r\na\r\n";
  CHECK(read_request(extensions).status == 400);
}

TEST_CASE("a client may keep the connection, unless it says otherwise or speaks HTTP/1.0") {
  struct row {
    std::string text;
    bool keeps;
  };
  for (const auto& [text, keeps] : std::vector<row>{
           {get_line + "\r\n", true},
           {get_line + "Connection: keep-alive\r\n\r\n", true},
           {get_line + "Connection: x, Close\r\n\r\n", false},
           {"GET / HTTP/1.0\r\n\r\n", false},
           {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false},
       }) {
    INFO(text);
    request_reader reader{header_limit};
    auto rest = text;
    REQUIRE(reader.take(rest) == progress::has_header);
    CHECK(reader.keeps_alive() == keeps);
  }
}

}  // namespace
