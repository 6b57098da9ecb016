#include "ingest/markdown/normalise.hpp"

#include "base/digest.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/effects.hpp"
#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace std::string_literals;

namespace {

struct row {
  std::string before;
  std::string after;
};

void check(const row& r) {
  CAPTURE(r.before);
  CHECK(normalise(r.before) == r.after);
  CHECK(normalise(r.after) == r.after);
}

/// Text of pieces of Markdown, as a seed has it.
std::string random_markdown(std::mt19937& random) {
  static const std::vector<std::string> pieces{
      "word",      " ",         "  ",    "    ",    "\n",     "\n",    "\n\n",   "\n\n\n",
      "\t",        "\r\n",      "# ",    "##  x",   "- ",     "* ",    "+   ",   "1. ",
      "10)  ",     "> ",        ">",     "```",     "```\n",  "~~~\n", "`",      "``",
      "[",         "]",         "(",     ")",       "![",     "](u)",  "[a](b)", "![](c)",
      "[x][y]",    "[y]: /u\n", "\\",    "\u200B",  "\u00A0", "\xFF",  "---\n",  "* * *",
      "| a | b |", "<b>",       "\"t\"", "\u2022 ", "\f",     "==="};
  std::string text;
  const auto count = std::uniform_int_distribution<int>{0, 40}(random);
  for (int i = 0; i < count; ++i)
    text += pieces[std::uniform_int_distribution<std::size_t>{0, pieces.size() - 1}(random)];
  return text;
}

}  // namespace

TEST_CASE("normalise makes lines the same everywhere") {
  const auto r = GENERATE(values<row>({
      {"a\r\nb\rc\n", "a\nb\nc\n"},
      {"a\fb\vc\u2028d\u2029e\u0085"
       "f",
       "a\nb\nc\nd\ne\nf\n"},
      {"a\n\n\n\n\nb", "a\n\nb\n"},
      {"a\n \n\t\n\u00A0\nb", "a\n\nb\n"},
      {"\n\n\na\n\n\n", "a\n"},
      {"a   \nb\t\n", "a\nb\n"},
      {"", ""},
      {" \n\t\n\u200B\n", ""},
  }));
  check(r);
}

TEST_CASE("normalise drops what does not show, and repairs what is not UTF-8") {
  const auto r = GENERATE(values<row>({
      {"a\u200Bb\uFEFFc\u00ADd\u2060e", "abcde\n"},
      {"a\x01"
       "b\x1B[1mc\x7F\u0080",
       "ab[1mc\n"},
      {"a\0b"s, "ab\n"},
      {"a\xFF"
       "b\xE4\xB8",
       "a\uFFFDb\uFFFD\n"},
      {"Grüße 世界 🙂", "Grüße 世界 🙂\n"},
  }));
  check(r);
}

TEST_CASE("normalise makes runs of spaces one, outside code") {
  const auto r = GENERATE(values<row>({
      {"a  b\tc \u00A0 d\u3000e", "a b c d e\n"},
      {"a  `b  c`  d", "a `b  c` d\n"},
      {"a  ``b ` c``  `d  e", "a ``b ` c`` `d e\n"},
      {"`a\n  b`  c", "`a\nb` c\n"},
      {"   indented  text", "indented text\n"},
      {"| a   |  b  |\n|---|---|\n| `c  d` | e  |", "| a | b |\n|---|---|\n| `c  d` | e |\n"},
      {"```\na  b\n\tc\n```\nd  e", "```\na  b\n\tc\n```\nd e\n"},
  }));
  check(r);
}

TEST_CASE("normalise puts one space after the signs of a heading") {
  const auto r = GENERATE(values<row>({
      {"#   One", "# One\n"},
      {"##\tTwo", "## Two\n"},
      {"  ###  Three  ###", "### Three ###\n"},
      {"#", "#\n"},
      {"#hashtag", "#hashtag\n"},
      {"#######  seven", "####### seven\n"},
      {"#include  <x>", "#include <x>\n"},
  }));
  check(r);
}

TEST_CASE("normalise makes images their description and links their text") {
  const auto r = GENERATE(values<row>({
      {"see [the docs](https://example.org/a_(b) \"Title\") now", "see the docs now\n"},
      {"[a](<b c>) [d](e 'f') [g]( h ) [i]()", "a d g i\n"},
      {"![a picture](x.png) and ![](y.png)", "![a picture] and ![img]\n"},
      {"[![badge](b.svg)](https://ci)", "![badge]\n"},
      {"[a [nested](u) link](v)", "a nested link\n"},
      {"[a\nb](u)", "a\nb\n"},
      {"[text][ref], [ref][] and [Ref]\n\n[ref]: https://example.org 'Title'\n",
       "text, ref and Ref\n"},
      {"[^1] note\n\n[^1]: The note.", "[^1] note\n\n[^1]: The note.\n"},
      {"[WARN]: disk is full", "[WARN]: disk is full\n"},
      {"a[0] and [b] (c)", "a[0] and [b] (c)\n"},
      {"`[a](b)` \\[a](b)", "`[a](b)` \\[a](b)\n"},
      {"[a](b c)", "[a](b c)\n"},
      {"- [ ] open\n- [x] done", "- [ ] open\n- [x] done\n"},
      {"[x][(y)](z)", "x\n"},
  }));
  check(r);
}

TEST_CASE("normalise writes bullets as - and items under the text of their parents") {
  const auto r = GENERATE(values<row>({
      {"* a\n* b", "- a\n- b\n"},
      {"+   a\n    + b\n        + c\n+   d", "- a\n  - b\n    - c\n- d\n"},
      {"\u2022 a\n\u2022\tb", "- a\n- b\n"},
      {" * a\n * b\n   * c", "- a\n- b\n  - c\n"},
      {"- a\n\n  more of a\n\n- b", "- a\n\n  more of a\n\n- b\n"},
      {"*   a\n\n    more of a", "- a\n\n  more of a\n"},
      {"1.  a\n    * b\n2.  c", "1. a\n   - b\n2. c\n"},
      {"10) a\n    - b", "10) a\n    - b\n"},
      {"- a\n  b\nc", "- a\n  b\nc\n"},
      {"\t- a", "    - a\n"},
      {"text\n\t- a\n\t\t- b", "text\n- a\n  - b\n"},
      {"* * *\n- - -\n***\n---", "* * *\n- - -\n***\n---\n"},
      {"*emphasis* and -dash", "*emphasis* and -dash\n"},
      {"-\n- a", "-\n- a\n"},
  }));
  check(r);
}

TEST_CASE("normalise leaves code alone") {
  const auto r = GENERATE(values<row>({
      {"```cpp\nif (a)   {\n\n\n\treturn  [b](c);   \n}\n```",
       "```cpp\nif (a)   {\n\n\treturn  [b](c);\n}\n```\n"},
      {"~~~~\n```\n# no  heading\n~~~\n~~~~\n#  heading",
       "~~~~\n```\n# no  heading\n~~~\n~~~~\n# heading\n"},
      {"```\nopen  to the  end", "```\nopen  to the  end\n"},
      {"    code  as  is\n\n      more  of it\n\ntext  here",
       "    code  as  is\n\n      more  of it\n\ntext here\n"},
      {"text\n    goes  on", "text\ngoes on\n"},
      {"-   a\n\n    ```\n    b  c\n      d\n    ```\n-   e",
       "- a\n\n  ```\n  b  c\n    d\n  ```\n- e\n"},
      {"- ```\n  a  b\n  ```\n- c", "- ```\n  a  b\n  ```\n- c\n"},
      {"> ```\n> a  b\n> ```\n> c  d", "> ```\n> a  b\n> ```\n> c d\n"},
      {"> ```\n> a  b\nc  d", "> ```\n> a  b\nc d\n"},
      {"- a\n\n      code  x\n", "- a\n\n      code  x\n"},
      {"``` not a  fence ```", "``` not a  fence ```\n"},
  }));
  check(r);
}

TEST_CASE("normalise keeps quotes, and what is in them") {
  const auto r = GENERATE(values<row>({
      {">a\n>  b", "> a\n> b\n"},
      {"> a\n>\n>\n> b", "> a\n>\n> b\n"},
      {">> a\n> > b", "> > a\n> > b\n"},
      {"> * a\n>   * b", "> - a\n>   - b\n"},
      {"- a\n\n  > b  c", "- a\n\n  > b c\n"},
  }));
  check(r);
}

TEST_CASE("normalising twice changes nothing, whatever the text") {
  const auto seed = GENERATE(range(1u, 21u));
  std::mt19937 random{seed};
  for (int i = 0; i < 500; ++i) {
    const auto text = random_markdown(random);
    const auto once = normalise(text);
    CAPTURE(seed, text, once);
    REQUIRE(normalise(once) == once);
    REQUIRE(utf8::count(once).broken == 0);
    REQUIRE(once.find("\n\n\n") == std::string::npos);
    REQUIRE(once.find(" \n") == std::string::npos);
    REQUIRE(once.find('\r') == std::string::npos);
    REQUIRE((once.empty() || (once.back() == '\n' && once.front() != '\n')));
  }
}

TEST_CASE("normalising twice changes nothing, whatever the bytes") {
  std::mt19937 random{42};
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(std::uniform_int_distribution<std::size_t>{0, 60}(random), '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random());
    const auto once = normalise(bytes);
    REQUIRE(normalise(once) == once);
    REQUIRE(utf8::count(once).broken == 0);
  }
}

TEST_CASE("normalise changes nothing in a block of code but what it says") {
  std::mt19937 random{7};
  const std::string_view signs = "ab  \t[](){}#*->`|\\!\n";
  for (int i = 0; i < 1000; ++i) {
    std::string code;
    for (int k = 0; k < 60; ++k)
      code += signs[random() % signs.size()];
    // What the rules change anywhere: spaces at line ends, more than one blank line.
    std::string expected;
    std::size_t begin = 0;
    bool blank = false;
    while (begin <= code.size()) {
      const auto end = std::min(code.find('\n', begin), code.size());
      auto line = code.substr(begin, end - begin);
      line.resize(line.find_last_not_of(" \t") + 1);
      begin = end + 1;
      if (line.empty()) {
        blank = true;
        continue;
      }
      expected += blank ? "\n" + line + "\n" : line + "\n";
      blank = false;
    }
    expected = "`````\n" + expected + (blank ? "\n" : "") + "`````\n";
    if (expected.find("`````", 6) + 6 != expected.size())
      continue;
    CAPTURE(code);
    REQUIRE(normalise("`````\n" + code + "\n`````\n") == expected);
  }
}

TEST_CASE("normalise takes time in proportion to the text, whatever it is") {
  const std::string unit =
      GENERATE(as<std::string>{}, "[", "]", "![", "[a](", "[a](b", "[](", "](u)", "`", "` `` ``` ",
               "> ", ">\n", "- ", "-\n ", "\\", "(", "[a](<", "[a](b \"", "[a][", "\xFF", "\u200B",
               "\t", " \n", "#", "```\n", "[a]: /b\n[a]", "* a\n", "[y]: /u\n[[y]");
  std::string text;
  while (text.size() < 200'000)
    text += unit;
  if (unit == "> " || unit == "- ")
    text += "x";
  CAPTURE(unit);
  const auto begin = std::chrono::steady_clock::now();
  const auto once = normalise(text);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
  CHECK(normalise(once) == once);
}

namespace {

/// A job at work on a document whose text was parsed.
struct normalise_fixture {
  explicit normalise_fixture(std::string_view text) {
    j.output = R"({"document_id":"d"})"s;
    document doc;
    doc.id = "d"s;
    doc.parsed_uri = uri;
    known.rows["d"] = doc;
    store.put(uri, text);
    store.puts = 0;
  }
  outcome normalise_it() { return normalise_document(j, {}, known, store); }

  const std::string uri = "storage://parsed/default/d.md";
  job j;
  fakes::known_documents known;
  fakes::folder_blobs store;
};

}  // namespace

TEST_CASE("normalise_document puts the new text in the place of the old and records its digest") {
  normalise_fixture s{"#  Title\r\n"};
  const auto done = fakes::effect_of<ingest::effects::record_normalised>(s.normalise_it());
  CHECK(done.document_id == "d");
  CHECK(done.text_sha256 == sha256_hex("# Title\n"));
  CHECK(s.store.get(s.uri) == "# Title\n");
  CHECK(s.store.puts == 1);

  SECTION("and does the same again after a crash, without writing") {
    const auto again = fakes::effect_of<ingest::effects::record_normalised>(s.normalise_it());
    CHECK(again.text_sha256 == done.text_sha256);
    CHECK(s.store.puts == 1);
  }
}

TEST_CASE("normalise_document rejects what has no text, no blob or no document") {
  normalise_fixture s{"\u200B\n \n"};
  CHECK(fakes::code_of(s.normalise_it()) == "PARSE_EMPTY");
  s.store.lose(s.uri);
  CHECK(fakes::code_of(s.normalise_it()) == "BLOB_MISSING");
  s.known.rows.clear();
  CHECK(fakes::code_of(s.normalise_it()) == "DOCUMENT_MISSING");
}
