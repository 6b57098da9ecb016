#include "ingest/document/writer.hpp"

#include "base/digest.hpp"
#include "ingest/document/wire.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <variant>

using namespace millrace;
using namespace millrace::ingest;

namespace {

tree::spans plain_words(std::string text) { return {{tree::span_kind::text, std::move(text)}}; }

tree::block plain_paragraph(std::string text) { return {tree::paragraph{plain_words(text)}, {}}; }

std::string text_of_blocks(tree::blocks blocks) {
  tree::document made;
  made.content = std::move(blocks);
  const auto out = render(std::move(made));
  REQUIRE(fault_of(out.outline, out.text) == "");
  return out.text;
}

}  // namespace

TEST_CASE("the writer writes headings, paragraphs, quotes and formulas") {
  CHECK(text_of_blocks({{tree::heading{2, plain_words("One\n two")}, {}},
                        plain_paragraph("a  b \n c"),
                        {tree::quote{{plain_paragraph("q"), plain_paragraph("r")}}, {}},
                        {tree::formula{"a^2"}, {}},
                        {tree::image{"a mill"}, {}}}) ==
        "## One two\n\na b\nc\n\n> q\n>\n> r\n\n$$ a^2 $$\n\n![a mill]\n");
}

TEST_CASE("the writer escapes nothing but the bar in a table") {
  CHECK(text_of_blocks({plain_paragraph("# a*b*c __init__ <i> [x](y) |")}) ==
        "# a*b*c __init__ <i> [x](y) |\n");
  tree::table t;
  t.head_rows = 1;
  t.rows = {{plain_words("A|B"), plain_words("C\nD")}, {plain_words("1")}};
  CHECK(text_of_blocks({{t, {}}}) == "| A\\|B | C D |\n| --- | --- |\n| 1 | |\n");
}

TEST_CASE("the writer counts items as they were counted, and ticks them") {
  tree::list inner{{{{}, true, {plain_paragraph("done")}}, {{}, false, {plain_paragraph("not")}}}};
  tree::list outer{
      {{9, {}, {plain_paragraph("a")}}, {10, {}, {plain_paragraph("b"), {inner, {}}}}}};
  CHECK(text_of_blocks({{outer, {}}}) == "9. a\n10. b\n    - [x] done\n    - [ ] not\n");
}

TEST_CASE("the writer keeps code and arranged text as they are") {
  CHECK(text_of_blocks({{tree::code{"a:\n    b  \n\n```\n", "yaml"}, {}}}) ==
        "````yaml\na:\n    b\n\n```\n````\n");
  CHECK(text_of_blocks({{tree::preformatted{"\n  x   y\n z\n\n"}, {}}}) == "  x   y\n z\n");
}

TEST_CASE("raised and lowered characters do not run into the word before them") {
  using tree::span_kind;
  CHECK(text_of_blocks({{tree::paragraph{{{span_kind::text, "10"},
                                          {span_kind::superscript, "6"},
                                          {span_kind::text, " H"},
                                          {span_kind::subscript, "2"},
                                          {span_kind::text, "O, the 1"},
                                          {span_kind::superscript, "st"},
                                          {span_kind::text, " T"},
                                          {span_kind::subscript, "max"}}},
                         {}}}) == "10^6 H2O, the 1st T_max\n");
}

TEST_CASE("the writer leaves out characters that do not show, but for joiners") {
  CHECK(text_of_blocks({plain_paragraph("a\u200bb \u0007c \u202ed")}) == "ab c d\n");
  CHECK(text_of_blocks({plain_paragraph("\u0645\u06cc\u200c\u062a")}) ==
        "\u0645\u06cc\u200c\u062a\n");
}

TEST_CASE("definitions and footnotes stand behind what they belong to") {
  CHECK(
      text_of_blocks({{tree::definition{{plain_words("lease")}, {plain_paragraph("the time")}}, {}},
                      {tree::footnote{"1", {plain_paragraph("below")}}, {}}}) ==
      "lease\n: the time\n\n[^1]: below\n");
}

TEST_CASE("the outline says where blocks stand, and where they came from") {
  tree::table t;
  t.head_rows = 1;
  t.rows = {{plain_words("A")}, {plain_words("1")}};
  tree::document made;
  made.content = {{tree::heading{1, plain_words("T")}, {}}, {t, {}}};
  made.content[1].from.first_page = made.content[1].from.last_page = 3;
  made.content[1].from.box = tree::page_box{1, 2, 3, 4.5F};
  const auto out = render(std::move(made));
  REQUIRE(out.outline.size() == 2);
  CHECK(out.outline[0].level == 1);
  CHECK(out.text.substr(out.outline[1].begin, out.outline[1].head_end - out.outline[1].begin) ==
        "| A |\n| --- |\n");
  outline_blob back;
  REQUIRE(from_bytes(to_bytes(out.outline, sha256_hex(out.text)), back));
  CHECK(back.entries[1].from.box == out.outline[1].from.box);
  CHECK(back.entries[1].from.last_page == 3);
}

TEST_CASE("what comes over the wire is what was sent, or is refused") {
  tree::document made;
  made.about.title = "A title";
  made.warnings.push_back({"ENCODING_GUESSED", "it was guessed", 2});
  made.content = {plain_paragraph("text")};
  const auto sent = to_wire(render(std::move(made)));
  const auto back = std::get<rendered>(from_wire(sent).value());
  CHECK(back.text == "text\n");
  CHECK(back.about.title == "A title");
  CHECK(back.warnings.at(0).count == 2);
  for (std::size_t size = 0; size < sent.size(); ++size)
    CHECK_FALSE(from_wire(sent.substr(0, size)));
  CHECK_FALSE(from_wire(sent + "\n"));
  auto changed = sent;
  changed[changed.find("text\n")] = 'T';
  CHECK_FALSE(from_wire(changed));
}

TEST_CASE("an outline that is not true for the text is found out") {
  tree::document made;
  made.content = {plain_paragraph("one"), plain_paragraph("two")};
  const auto out = render(std::move(made));
  const auto damaged = [&](auto damage) {
    auto entries = out.outline;
    damage(entries);
    return !fault_of(entries, out.text).empty();
  };
  CHECK(damaged([](outline& o) { o.pop_back(); }));
  CHECK(damaged([](outline& o) { o[1].end = 1000; }));
  CHECK(damaged([](outline& o) { o[1].begin = 1; }));
  CHECK(damaged([](outline& o) { std::swap(o[0], o[1]); }));
  CHECK(damaged([](outline& o) { o[0].level = 3; }));
  CHECK(damaged([](outline& o) { o[0].head_end = o[0].end; }));
  CHECK(damaged([](outline& o) { o[0].from.first_page = -1; }));
  CHECK(damaged([](outline& o) { o[0].from.part = "a\nb"; }));
}
