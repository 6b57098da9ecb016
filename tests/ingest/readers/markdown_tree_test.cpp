#include "ingest/readers/markdown_tree.hpp"

#include "tests/ingest/rendered_markdown.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;
using namespace millrace::ingest;

namespace {

std::string markdown_text(std::string_view markdown) {
  const auto made = tests::rendered_markdown(markdown);
  REQUIRE(fault_of(made.outline, made.text) == "");
  return made.text;
}

}  // namespace

TEST_CASE("Markdown is read as its readers read it") {
  CHECK(markdown_text("Title\n=====\n\n* a\n* b\n    1. c\n") == "# Title\n\n- a\n- b\n  1. c\n");
  CHECK(markdown_text("M&uuml;ller max\\_retry vector\\<int\\>") ==
        "Müller max_retry vector<int>\n");
  CHECK(markdown_text("See [the manual][m] first.\n\n[m]: /x \"The title\"\n") ==
        "See the manual first.\n");
  CHECK(markdown_text("- [x] a\n- [ ] b\n") == "- [x] a\n- [ ] b\n");
  CHECK(markdown_text("a[^1]\n\n[^1]: note\n") == "a[^1]\n\n[^1]: note\n");
  CHECK(markdown_text("| A | B |\n|---|---|\n| 1 |\n") == "| A | B |\n| --- | --- |\n| 1 | |\n");
  CHECK(markdown_text("```Python title=\"x\"\n# no heading\n```\n") ==
        "```python\n# no heading\n```\n");
  CHECK(markdown_text("![a **b**](x)") == "![a b]\n");
}

TEST_CASE("tags and remarks in Markdown are no words") {
  CHECK(markdown_text("<!-- hidden -->\n\na <b>b</b> 10<sup>6</sup><br>c\n") == "a b 10^6\nc\n");
  CHECK(markdown_text("<table><tr><td>x</td><td>y</td></tr></table>\n") == "| x | y |\n");
}

TEST_CASE("nothing in a formula is Markdown, and a price is no formula") {
  CHECK(markdown_text("$a_1 [x](n) *b*$ and `$c$`") == "$a_1 [x](n) *b*$ and `$c$`\n");
  CHECK(markdown_text("from $5 to $6 *now*") == "from $5 to $6 now\n");
}

TEST_CASE("front matter is no text, and its values are metadata") {
  for (const std::string mark : {"---", "+++"}) {
    const auto sign = mark == "---" ? ": " : " = ";
    const auto made = tests::rendered_markdown(mark + "\ntitle" + sign + "\"A b\"\ndraft" + sign +
                                               "false\n" + mark + "\n\ntext\n");
    CHECK(made.text == "text\n");
    CHECK(made.about.title == "A b");
  }
  CHECK(markdown_text("---\n\ntext\n\n---\n") == "text\n");
}
