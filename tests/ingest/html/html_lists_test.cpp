#include "ingest/html/read_html.hpp"
#include "tests/ingest/html/print_tree.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;

namespace {

struct list_row {
  std::string html;
  std::string tree;
};

void check_list(const list_row& r) {
  CAPTURE(r.html);
  const auto read = read_html({r.html, {}});
  REQUIRE(std::holds_alternative<tree::document>(read));
  CHECK(tests::print_tree(std::get<tree::document>(read).content) == r.tree);
}

}  // namespace

TEST_CASE("A page's lists nest, also those that stand directly in a list") {
  check_list(GENERATE(values<list_row>({
      {"<p>a<ul><li>b<li>c</ul><p>d", "p a\nlist\n- b\n- c\np d\n"},
      {"<ul><li>a<ul><li>b<ul><li>c</ul></ul><li>d</ul>",
       "list\n-\n  p a\n  list\n  -\n    p b\n    list\n    - c\n- d\n"},
      {"<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "list\n-\n  p a\n  list\n  - b\n- c\n"},
      {"<ul><ul><li>b</ul></ul>", "list\n-\n  list\n  - b\n"},
      {"<ul>loose<li>a</ul>", "list\n- loose\n- a\n"},
      {"<ul><li><p>a</p><p>b</p><li>c</ul>", "list\n-\n  p a\n  p b\n- c\n"},
      {"<ul><li>a<ul><li>b</ul>tail</ul>", "list\n-\n  p a\n  list\n  - b\n  p tail\n"},
      {"<ul><li>Asia <b>China</b> <i>Japan</i><ul><li>China</ul></ul>",
       "list\n-\n  p Asia China Japan\n  list\n  - China\n"},
      {"<ul><li></li><li>a</ul>", "list\n- a\n"},
      {"<li>stray<li>items<p>x</p>", "list\n- stray\n-\n  p items\n  p x\n"},
      {"<div><li>a</li> <li>b</li></div>", "list\n- a\n- b\n"},
      {"<ul><li>a</ul><ul><li>b</ul>", "list\n- a\nlist\n- b\n"},
      {"<ul><li>a<pre>b\n  c</pre></ul>", "list\n-\n  p a\n  code\n    b\n      c\n"},
      {"<ul><li><h2>a</h2>b</ul>", "list\n-\n  h2 a\n  p b\n"},
  })));
}

TEST_CASE("A page's ordered lists count as a browser does") {
  check_list(GENERATE(values<list_row>({
      {"<ol start=9><li>a<li>b<ul><li>c</ul></ol>", "list\n9. a\n10.\n  p b\n  list\n  - c\n"},
      {"<ol><li>a<li value=7>b<li>c</ol>", "list\n1. a\n7. b\n8. c\n"},
      {"<ol start=0><li>a<li value=x>b</ol>", "list\n0. a\n1. b\n"},
      {"<ol start=-1><li>a<li>b</ol>", "list\n-1. a\n0. b\n"},
      {"<ol reversed><li>a<li>b<li>c</ol>", "list\n3. a\n2. b\n1. c\n"},
      {"<ol><li>a<li><li>c</ol>", "list\n1. a\n3. c\n"},
      {"<ol start=99999999999999999999><li>a</ol>", "list\n1. a\n"},
      // A text refers to what a page shows: "see (c)".
      {"<ol type=a start=3><li>a<li><p>b</ol>", "list\n- c. a\n- d. b\n"},
      {"<ol type=I start=4><li><code>x</code></ol>", "list\n- IV. `x`\n"},
      {"<ol style='list-style-type: lower-roman' start=9><li>a</ol>", "list\n- ix. a\n"},
      {"<ol style='list-style:none'><li>a</ol>", "list\n- a\n"},
      {"<ol type=a start=27><li>a</ol>", "list\n- aa. a\n"},
  })));
}

TEST_CASE("A page's boxes to tick are of their items") {
  check_list(GENERATE(values<list_row>({
      {"<ul><li><input type=checkbox checked> a<li><input type=checkbox> b<li>c</ul>",
       "list\n- [x] a\n- [ ] b\n- c\n"},
      {"<ul><li><p><label><input type=CHECKBOX disabled>a</label></p></ul>", "list\n- [ ] a\n"},
      {"<ul><li>say <input type=checkbox> b</ul>", "list\n- say b\n"},
      {"<input type=checkbox id=menu><p>a", "p a\n"},
  })));
}

TEST_CASE("A page's notes are told apart from its lists, without the way back") {
  check_list(GENERATE(values<list_row>({
      {"<p>a<sup><a href='#fn1'>1</a></sup><section class=footnotes><ol><li id=fn1><p>The note. "
       "<a href='#fnref1' class=footnote-back>↩︎</a></p></ol></section>",
       "p a^{1}\nnote 1\n  p The note.\n"},
      {"<ol class=references><li id=cite_note-x-1><span class=mw-cite-backlink>^</span> Book</ol>",
       "note 1\n  p Book\n"},
  })));
}
