#include "app/screen/style.hpp"

#include "app/screen/listing.hpp"
#include "app/terminal/text.hpp"
#include "tests/app/screen/sample.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;
using millrace::tests::text_of;

namespace {

using texts = std::vector<std::string>;

std::string joined(const line& of) {
  std::string text;
  for (const auto& one : of)
    text += one.text;
  return text;
}

}  // namespace

TEST_CASE("look: a line is as wide as it was made, whatever is put") {
  CHECK(joined(line_writer{6}.put("ab").done()) == "ab    ");
  CHECK(joined(line_writer{6}.put("abcdefgh").put("x").done()) == "abcde…");
  CHECK(joined(line_writer{6}.put_in(3, true, "1").put_in(3, false, "2").done()) == "  12  ");
  CHECK(joined(line_writer{5}.put("東京都").done()) == "東京…");
  CHECK(joined(line_writer{4}.put("東京都").done()) == "東… ");
  CHECK(joined(line_writer{8}.put("\x1b[m\n").done()) == "\\x1b[m\\n");
  CHECK(joined(line_writer{0}.put("x").to(3).done()).empty());
}

TEST_CASE("look: texts are broken between words") {
  CHECK(wrap("", 10) == texts{""});
  CHECK(wrap("one two three", 8) == texts{"one two", "three"});
  CHECK(wrap("one two three", 7) == texts{"one two", "three"});
  CHECK(wrap("abcdefghij k", 4) == texts{"abcd", "efgh", "ij k"});
  CHECK(wrap("a\nb\n", 4) == texts{"a", "b", ""});
  CHECK(wrap("東京都", 4) == texts{"東京", "都"});
  CHECK(wrap("東京", 1) == texts{"東", "京"});
  CHECK(wrap("a\x1b", 10) == texts{"a\\x1b"});
  CHECK(wrap("x", 0).empty());
}

TEST_CASE("look: columns of a list give way by what they matter") {
  const listing of{{{.title = "ID", .right = true},
                    {.title = "NAME", .elastic = true, .at_least = 6},
                    {.title = "EXTRA", .importance = 10},
                    {.title = "COUNT", .right = true, .importance = 50}},
                   {{"1", {{"1"}, {"a name of some length"}, {"e"}, {"5"}}, {}},
                    {"2", {{"22"}, {"東京"}, {"e"}, {"6"}}, {}}}};
  const auto shown = [&](std::size_t width) {
    const listing_layout layout{of, width};
    return text_of({layout.head(), layout.row(0, false), layout.row(1, true)});
  };
  CHECK(shown(50) ==
        " ID  NAME                   EXTRA  COUNT\n"
        "  1  a name of some length  e          5\n"
        ">22  東京                   e          6\n");
  CHECK(shown(30) ==
        " ID  NAME         EXTRA  COUNT\n"
        "  1  a name of …  e          5\n"
        ">22  東京         e          6\n");
  CHECK(shown(20) ==
        " ID  NAME      COUNT\n"
        "  1  a name …      5\n"
        ">22  東京          6\n");
  CHECK(shown(12) ==
        " ID  NAME\n"
        "  1  a name…\n"
        ">22  東京\n");
  CHECK(shown(3) ==
        " ID\n"
        "  1\n"
        ">22\n");
  CHECK(shown(2) ==
        " …\n"
        "\n"
        ">…\n");
}
