#include "app/terminal/text.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;

TEST_CASE("what a terminal would act on is escaped") {
  CHECK(escape("plain näme 東京.md") == "plain näme 東京.md");
  CHECK(escape("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(escape("\x1b[2J\x07") == "\\x1b[2J\\x07");
  CHECK(escape("\x7f") == "\\x7f");
  // The one-character form of ESC [ is a control character in two bytes.
  CHECK(escape("\xC2\x9B") == "\\x9b");
  CHECK(escape("gpj.\xE2\x80\xAE"
               "exe") == "gpj.\\u202eexe");
  CHECK(escape(std::string_view{"\0", 1}) == "\\x00");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
  CHECK(escape("a\xFFz") == "a\\xffz");
  CHECK(escape("\xC3") == "\\xc3");
  CHECK(escape("\xE6\x9D") == "\\xe6\\x9d");
  CHECK(escape("\xC0\xAF") == "\\xc0\\xaf");
  CHECK(escape("\xED\xA0\x80") == "\\xed\\xa0\\x80");
  CHECK(escape("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  CHECK(escape("\xE6(") == "\\xe6(");
}

TEST_CASE("the width of a text counts columns, not bytes") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("näme") == 4);
  CHECK(display_width("東京.md") == 7);
  CHECK(display_width("e\u0301\u0302") == 1);
  // This character is not assigned yet.
  CHECK(display_width("\U000E1234") == 1);
}

TEST_CASE("a text that is too long is cut between characters") {
  CHECK(shorten("abc", 3) == "abc");
  CHECK(shorten("abcd", 3) == "ab…");
  CHECK(shorten("äöüß", 3) == "äö…");
  CHECK(shorten("abcd", 1) == "…");
  CHECK(shorten("abcd", 0).empty());
  CHECK(shorten("東京都", 6) == "東京都");
  CHECK(shorten("東京都", 5) == "東京…");
  CHECK(shorten("東京都", 4) == "東…");
  CHECK(shorten("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
}
