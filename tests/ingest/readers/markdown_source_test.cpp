#include "ingest/readers/markdown_source.hpp"

#include "tests/ingest/rendered_markdown.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;
using namespace millrace::ingest;

namespace {

std::string text_of_source(std::string_view markdown) {
  return tests::rendered_markdown(markdown).text;
}

std::string many_signs(std::string_view part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += part;
  return all;
}

}  // namespace

TEST_CASE("code with dollar signs keeps each of them") {
  CHECK(text_of_source("    kill $$; echo $$\n") == "```\nkill $$; echo $$\n```\n");
  CHECK(text_of_source("``p $$y$$ q``\n") == "`p $$y$$ q`\n");
  CHECK(text_of_source("~~~\n```\n$$k$$\n~~~\n") == "````\n```\n$$k$$\n````\n");
  CHECK(text_of_source("```\n~~~\n$$k$$\n```\n") == "```\n~~~\n$$k$$\n```\n");
  CHECK(text_of_source("- a\n\n  ```sh\n  echo $a\n  ```\n\n  b$ c\n") ==
        "- a\n\n  ```sh\n  echo $a\n  ```\n\n  b$ c\n");
}

TEST_CASE("a formula ends where its quote or its paragraph ends") {
  CHECK(text_of_source("> a $b\n> c$ d\n") == "> a $b\n> c$ d\n");
  CHECK(text_of_source("a $b\n\nc$ d\n") == "a $b\n\nc$ d\n");
}

TEST_CASE("raised and lowered characters in Markdown have a tag in any spelling") {
  CHECK(text_of_source("x<SUP>2</SUP> y<sup class=\"a\">3</sup> H<Sub>2</Sub>O<BR/>z\n") ==
        text_of_source("x<sup>2</sup> y<sup>3</sup> H<sub>2</sub>O<br>z\n"));
}

TEST_CASE("long lines of dashes, long lists and listings are not costly") {
  const auto line = "-- " + many_signs("-", 200) + "\n";
  CHECK_FALSE(is_costly("```sql\n" + line + "```\n"));
  CHECK_FALSE(is_costly(line));
  CHECK_FALSE(is_costly(many_signs("- [name](x) `c` *d*\n", 5000)));
  CHECK_FALSE(is_costly("```\n" + many_signs("a_b[c] * d\n", 5000) + "```\n"));
  CHECK_FALSE(is_costly(many_signs("> ", 20) + "a\n"));
}

TEST_CASE("deep nesting and paragraphs of nothing but signs are costly, wherever they stand") {
  const auto signs = many_signs("*a _b [", 5000);
  for (const std::string before :
       {"", "a\n    ```\n", "> ```\n\n", "- ```\n\nb\n", "<!--\n```\n-->\n\n", "```\n```\n",
        "~~~\r~~~\r", "```a`b\n", "  ```\n  ```\n"})
    CHECK(is_costly(before + signs));
  CHECK_FALSE(is_costly("$a\n```\nb$ " + signs));
  CHECK(is_costly(many_signs("> ", 200) + "a\n"));
  CHECK(is_costly(many_signs(">", 200) + "a\n"));
  CHECK(is_costly(many_signs("- ", 200) + "a\n"));
  CHECK(is_costly(many_signs("1. ", 200) + "a\n"));
  CHECK(is_costly("a\n" + many_signs("    - [[[[\n", 2000)));
  CHECK_FALSE(text_of_source(many_signs("> ", 200) + "a\n").empty());
}
