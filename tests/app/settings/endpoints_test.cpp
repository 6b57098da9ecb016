#include "app/settings/endpoints.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;
using namespace millrace::app;

namespace {

TEST_CASE("endpoints are read with their priority and weight, and printed as they are read") {
  const auto all = parse_endpoints(
      "https://api.example.com/v1/, http://[::1]:8080/v1 weight=3 priority=1 ,http://c");
  REQUIRE(all);
  REQUIRE(all->size() == 3);
  CHECK(all->at(0).url == "https://api.example.com/v1");
  CHECK(all->at(0).priority == 0);
  CHECK(all->at(0).weight == 1);
  CHECK(all->at(1).url == "http://[::1]:8080/v1");
  CHECK(all->at(1).priority == 1);
  CHECK(all->at(1).weight == 3);
  const auto text = format_endpoints(*all);
  CHECK(text == "https://api.example.com/v1, http://[::1]:8080/v1 priority=1 weight=3, http://c");
  CHECK(format_endpoints(*parse_endpoints(text)) == text);
  CHECK(parse_endpoints("")->empty());
}

TEST_CASE("what is no base URL, or could carry a secret, is no endpoint") {
  for (const std::string text : {"localhost:8080",
                                 "ftp://a/v1",
                                 "http://",
                                 "http:///v1",
                                 "file:///etc/passwd",
                                 "https://me:secret@a/v1",
                                 "https://a/v1?key=secret",
                                 "https://a/v1#x",
                                 "http://a,,http://b",
                                 "http://a priority=-1",
                                 "http://a weight=0",
                                 "http://a weight=x",
                                 "http://a heavy",
                                 "http://a, http://a/",
                                 "http://a:99999",
                                 "http://a:",
                                 "http://a:/v1",
                                 "http://a:x",
                                 "http://a\x01/v1",
                                 "http://a b",
                                 "http:///a"})
    CHECK_FALSE(parse_endpoints(text));
}

}  // namespace
