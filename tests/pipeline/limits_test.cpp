#include "pipeline/limits.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;

TEST_CASE("a rate is read and printed") {
  CHECK(parse_rate("100/s") == rate{100, 1s});
  CHECK(parse_rate("5/m") == rate{5, 1min});
  CHECK(parse_rate("1000/1h") == rate{1000, 1h});
  CHECK(parse_rate("2/500ms") == rate{2, 500ms});
  CHECK(parse_rate("0") == rate{});
  for (const std::string text : {"100/s", "5/m", "1000/h", "2/500ms", "0"})
    CHECK(format_rate(parse_rate(text).value()) == text);
}

TEST_CASE("what is no rate is refused") {
  for (const auto* text : {"", "100", "/s", "100/", "-1/s", "0/s", "1.5/s", "100/x", "100/0s",
                           "1/2d", "2000000/s", "1/100us", "1 /s"})
    CHECK_FALSE(parse_rate(text));
}

}  // namespace
