#include "ingest/html/read_html.hpp"
#include "tests/ingest/html/print_tree.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;

namespace {

struct table_case {
  std::string html;
  std::string tree;
};

tree::blocks blocks_of_tables(std::string_view html) {
  auto read = read_html({html, {}});
  REQUIRE(std::holds_alternative<tree::document>(read));
  return std::get<tree::document>(std::move(read)).content;
}

void check_table(const table_case& r) {
  CAPTURE(r.html);
  CHECK(tests::print_tree(blocks_of_tables(r.html)) == r.tree);
}

}  // namespace

TEST_CASE("A page's tables have rows of as many cells") {
  check_table(GENERATE(values<table_case>({
      {"<table><tr><th>A<th>B<tr><td>1|2<td>x<p>y</table>", "table 1\n| A | B |\n| 1|2 | x⏎y |\n"},
      {"<table><caption>Cap</caption><tr><td>a<td>b<tr><td>c</table>",
       "table 0 Cap\n| a | b |\n| c | |\n"},
      {"<table><tr><th colspan=2>N<th>F<tr><td>a<td>b<td>7</table>",
       "table 1\n| N | | F |\n| a | b | 7 |\n"},
      {"<table><tr><th>G<th>I<th>B<tr><td rowspan=2>F<td>a<td>1<tr><td>p<td>2</table>",
       "table 1\n| G | I | B |\n| F | a | 1 |\n| | p | 2 |\n"},
      {"<table><tr><td rowspan=2 colspan=2>x<td>a<tr><td>b<tr><td>c<td>d<td>e</table>",
       "table 0\n| x | | a |\n| | | b |\n| c | d | e |\n"},
      {"<table><tbody><tr><td rowspan=9>x<td>a<tbody><tr><td>b<td>c</table>",
       "table 0\n| x | a |\n| b | c |\n"},
      {"<table><tr><td rowspan=0>x<td>a<tr><td>b</table>", "table 0\n| x | a |\n| | b |\n"},
      // A cell that reaches further than the table makes no columns.
      {"<table><tr><td>a<td>b<tr><td colspan=50>c</table>", "table 0\n| a | b |\n| c | |\n"},
      {"<table><tr><td>a<td>&nbsp;<td>b<tr><td>c<td><td>d</table>",
       "table 0\n| a | b |\n| c | d |\n"},
      {"<table><tfoot><tr><td>z<td>9</tfoot><tr><td>a<td>1</table>",
       "table 0\n| a | 1 |\n| z | 9 |\n"},
      {"<table><tr><td> <td></table>", ""},
  })));
}

TEST_CASE("A page's tables know their heads") {
  check_table(GENERATE(values<table_case>({
      {"<table><thead><tr><td>A<td>B</thead><tr><td>1<td>2</table>",
       "table 1\n| A | B |\n| 1 | 2 |\n"},
      {"<table><tr><td><th>A<th>B<tr><th>x<td>1<td>2</table>",
       "table 1\n| | A | B |\n| x | 1 | 2 |\n"},
      {"<table><tr><th colspan=2>A<th>B<tr><th>a<th>b<th>c<tr><td>1<td>2<td>3</table>",
       "table 2\n| A | | B |\n| a | b | c |\n| 1 | 2 | 3 |\n"},
      {"<table><tr><th>A<td>1<tr><th>B<td>2</table>", "table 0\n| A | 1 |\n| B | 2 |\n"},
  })));
}

TEST_CASE("A page's cells hold lines: breaks, lists, code, tables, no headings") {
  check_table(GENERATE(values<table_case>({
      {"<table><tr><th>D<th>O<tr><td>Mon<br>Tue<td>9<br>to 5</table>",
       "table 1\n| D | O |\n| Mon⏎Tue | 9⏎to 5 |\n"},
      {"<table><tr><td>a<td>b<tr><td>c<td><div>4-1</div><div>4-2</div></table>",
       "table 0\n| a | b |\n| c | 4-1⏎4-2 |\n"},
      {"<table><tr><td><ul><li>a<li>b</ul><td><code>c|d</code></table>",
       "table 0\n| a⏎b | `c|d` |\n"},
      {"<table><tr><td>x<td><ol><li>a<li value=5>b</ol></table>", "table 0\n| x | 1. a⏎5. b |\n"},
      {"<table><tr><th>A<th>B<tr><td>x<td><pre>f:\n  g</pre></table>",
       "table 1\n| A | B |\n| x | `f:`⏎`  g` |\n"},
      {"<table><tr><th>A<th>B<tr><td><h3>x</h3><td>y</table>", "table 1\n| A | B |\n| x | y |\n"},
      {"<table><tr><th>A<th>B<tr><td>x<td><table><tr><td>1<td>2<tr><td>3<td>4</table></table>",
       "table 1\n| A | B |\n| x | 1 2⏎3 4 |\n"},
      {"<table><tr><th>A<th>B<tr><td>x<td><input type=checkbox checked></table>",
       "table 1\n| A | B |\n| x | [x] |\n"},
  })));
}

TEST_CASE("A page's tables that only arrange the page are no tables") {
  check_table(GENERATE(values<table_case>({
      {"<table><tr><td><table><tr><td>a<td>b</table><td>c</table>", "table 0\n| a | b |\np c\n"},
      {"<table><tr><td><h1>T</h1><td>side</table>", "h1 T\np side\n"},
      {"<table><tr><td>only</table>", "p only\n"},
      {"<table><tr><td>a<tr><td>b</table>", "p a\np b\n"},
      {"<table role=presentation><tr><td>a<td>b</table>", "p a\np b\n"},
      {"<table><tr><th>Note<tr><td colspan=3>text</table>", "p Note\np text\n"},
      // Headings of short rows of data arrange nothing.
      {"<table><tr><td><h4>a</h4><td>1<tr><td><h4>b</h4><td>2</table>",
       "table 0\n| a | 1 |\n| b | 2 |\n"},
  })));
}

TEST_CASE("A page's tables take no more room than their cells allow") {
  std::string wide = "<table>";
  for (int i = 0; i < 2000; ++i)
    wide += "<tr><td rowspan=60000 colspan=1000>x<td>y";
  const auto blocks = blocks_of_tables(wide);
  REQUIRE(blocks.size() == 1);
  const auto& table = std::get<tree::table>(blocks[0].content);
  std::size_t words = 0;
  for (const auto& row : table.rows) {
    REQUIRE(row.size() == table.rows[0].size());
    for (const auto& cell : row)
      for (const auto& one : cell)
        words += one.text.size();
  }
  CHECK(words == 4000);
  CHECK(table.rows.size() * table.rows[0].size() <= 4000 * 40 + 1000);
}
