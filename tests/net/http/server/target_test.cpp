#include "net/http/server/target.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::net;

namespace {

using parameters = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a target is a path of decoded segments and a decoded query") {
  struct row {
    std::string text;
    std::vector<std::string> segments;
    parameters query;
  };
  for (const auto& [text, segments, query] : std::vector<row>{
           {"/", {}, {}},
           {"/v1/jobs", {"v1", "jobs"}, {}},
           {"/v1/", {"v1", ""}, {}},
           {"//a", {"", "a"}, {}},
           {"/a%2Fb/c", {"a/b", "c"}, {}},
           {"/a%2fb", {"a/b"}, {}},
           {"/%252e%252e", {"%2e%2e"}, {}},
           {"/a+b", {"a+b"}, {}},
           {"/%C3%A4", {"\xC3\xA4"}, {}},
           {"/...", {"..."}, {}},
           {"/a:b@c;d=e,f!$&'()*", {"a:b@c;d=e,f!$&'()*"}, {}},
           {"/?", {}, {}},
           {"/?a", {}, {{"a", ""}}},
           {"/?a=1&a=2", {}, {{"a", "1"}, {"a", "2"}}},
           {"/?a=1=2", {}, {{"a", "1=2"}}},
           {"/?&&a=1&", {}, {{"a", "1"}}},
           {"/?a+b=c+%2B", {}, {{"a b", "c +"}}},
           {"/?%61=%26%3D", {}, {{"a", "&="}}},
           {"/?=x", {}, {{"", "x"}}},
           {"/?a=/?/..", {}, {{"a", "/?/.."}}},
           {"http://example.org/a?b=c", {"a"}, {{"b", "c"}}},
           {"HTTPS://example.org:8443/a", {"a"}, {}},
           {"http://example.org", {}, {}},
           {"http://example.org?b=c", {}, {{"b", "c"}}},
       }) {
    INFO(text);
    const auto target = parse_target(text);
    REQUIRE(target);
    CHECK(target->segments == segments);
    CHECK(target->query == query);
  }
  CHECK(parse_target("/a%2Fb?c=d")->path == "/a%2Fb");
}

TEST_CASE("a target with a bad escape, or with what a path may not have, is none") {
  using namespace std::string_literals;
  for (const auto& text : std::vector<std::string>{
           "",
           "a",
           "*",
           "example.org:443",
           "ftp://example.org/",
           "http://",
           "http:///a",
           "http://?a",
           "/%",
           "/a%2",
           "/%2",
           "/%zz",
           "/%g0",
           "/%0g",
           "/% 1",
           "/%-1",
           "/?a=%",
           "/?%4=b",
           // NUL, and what is not UTF-8: alone, too long for its character, half of one.
           "/a%00.png",
           "/?a=%00",
           "/%ff",
           "/%c0%af",
           "/%e2%82",
           "/?a=%ed%a0%80",
           // Up and away.
           "/..",
           "/.",
           "/a/../b",
           "/a/./b",
           "/%2e%2e/etc/passwd",
           "/.%2E/x",
           "/%2e",
           "/..?a=b",
           // What no target has.
           "/a b",
           "/a#b",
           "/\xC3\xA4",
           "/a\tb",
           "/a\x7f",
           "/a\0b"s,
       }) {
    INFO(text);
    CHECK_FALSE(parse_target(text));
  }
}

TEST_CASE("a parameter is found by its name, the first of several") {
  const auto target = parse_target("/?a=1&b=&a=2");
  CHECK(target->parameter("a") == "1");
  CHECK(target->parameter("b") == "");
  CHECK_FALSE(target->parameter("c"));
}

}  // namespace
