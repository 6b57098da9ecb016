#include "base/unicode/harmless.hpp"

#include <catch2/catch.hpp>

TEST_CASE("what may be printed is what it was, lines and tabs included") {
  CHECK(harmless("a\tb\nnäme 東京 e\u0301 \U0001F600").find('\\') == std::string::npos);
  CHECK(harmless("a\tb\n") == "a\tb\n");
}

TEST_CASE("what a terminal acts on, or a reader is misled by, is escaped as JSON has it") {
  CHECK(harmless("\x1b[2J") == "\\u001b[2J");
  CHECK(harmless("a\rb") == "a\\u000db");
  CHECK(harmless("\x7f") == "\\u007f");
  CHECK(harmless("\xC2\x9B") == "\\u009b");
  for (const auto* mark :
       {"\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u2028", "\u2029"}) {
    INFO(mark);
    CHECK(harmless(mark).starts_with("\\u"));
  }
  CHECK(harmless("\xFF") == "\uFFFD");
}
