#include "ingest/html/read_html.hpp"

#include "ingest/html/html_depth.hpp"
#include "tests/ingest/html/print_tree.hpp"
#include "tests/support/sample_files.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace millrace;
using namespace millrace::ingest;

namespace {

struct page_row {
  std::string html;
  /// As print_tree prints it.
  std::string tree;
};

tree::document document_of_page(std::string_view html) {
  auto read = read_html({html, {}});
  REQUIRE(std::holds_alternative<tree::document>(read));
  return std::get<tree::document>(std::move(read));
}

std::string tree_of(std::string_view html) {
  return tests::print_tree(document_of_page(html).content);
}

void check_page(const page_row& r) {
  CAPTURE(r.html);
  CHECK(tree_of(r.html) == r.tree);
}

std::string repeated_html(std::string_view unit, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += unit;
  return out;
}

}  // namespace

TEST_CASE("A page's headings and paragraphs become blocks") {
  check_page(GENERATE(values<page_row>({
      {"<h1>One</h1><h6> Six\n words </h6>", "h1 One\nh6 Six words\n"},
      {"<p>a</p><p>b<div>c</div>d", "p a\np b\np c\np d\n"},
      {"<h2></h2><p> </p>", ""},
      // What follows a box does not stand under its title.
      {"<h2>a</h2><div class=note><h3>Note</h3>b</div>c", "h2 a\np Note\np b\np c\n"},
      {"<div class=note><p>a</p><h3>b</h3></div>", "p a\nh3 b\n"},
      {"<div role=heading aria-level=3>a</div>", "h3 a\n"},
      {"<h1>One<br>two <sup>3</sup></h1>", "h1 One⏎two ^{3}\n"},
      {"<span style='display: block'>a</span><span style=display:block>b</span>", "p a\np b\n"},
      {"<details><summary>a</summary>b</details>", "p a\np b\n"},
      {"text before any heading<h1>h</h1>", "p text before any heading\nh1 h\n"},
      {"<div><span>ten</span></div><font>K</font>", "p ten\np K\n"},
      {"", ""},
  })));
}

TEST_CASE("A page's white space collapses as a browser shows it") {
  check_page(GENERATE(values<page_row>({
      {"a <b>bold</b>, <i>it</i>alic\n text", "p a bold, italic text\n"},
      {"<a href=x>link <em>text</em></a>", "p link text\n"},
      {"Test<span>&nbsp;</span>content", "p Test content\n"},
      {"Test<span> </span> content", "p Test content\n"},
      {"<b>a </b> b<i> c</i>", "p a b c\n"},
      {"10&nbsp;km &nbsp; away", "p 10 km away\n"},
      {"hy&shy;phen<wbr>ated foo&#8203;bar &#xFEFF;x", "p hyphenated foobar x\n"},
      {"<p>می&zwnj;توان", "p می\u200Cتوان\n"},
      {"水車は\n  回る。\nThe end", "p 水車は回る。 The end\n"},
      {"use <code>a  b</code> or<code> c`d </code>!", "p use `a b` or `c`d` !\n"},
      {"<code>a</code> <code>b</code><code>c</code>", "p `a` `bc`\n"},
      {"<kbd><kbd>Ctrl</kbd>+<kbd>C</kbd></kbd>", "p `Ctrl+C`\n"},
      {"&lt;b&gt; &amp; &eacute; a&#1;b", "p <b> & é ab\n"},
      {"say <q>yes</q>", "p say “yes”\n"},
  })));
}

TEST_CASE("A page's line breaks end lines, and two in a row a paragraph") {
  check_page(GENERATE(values<page_row>({
      {"a<br>b<br><br>c", "p a⏎b\np c\n"},
      {"<br>a <br> b<br>", "p a⏎b\n"},
      {"<div class=line-block><div class=line>a</div><div class=line>b</div></div>", "p a⏎b\n"},
  })));
}

TEST_CASE("A page's raised, lowered and mathematical characters stay apart") {
  check_page(GENERATE(values<page_row>({
      {"10<sup>6</sup> H<sub>2</sub>O", "p 10^{6} H_{2}O\n"},
      {"<code>x<sup>2</sup></code>", "p `x`^{2}\n"},
      {"<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>",
       "p ${(a+b)/2}\n"},
      {"<math><mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "p ${2 1/2}\n"},
      {"<math><msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup></math>",
       "p ${x^(n+1)}\n"},
      {"<math><mi>sin</mi><mo>&#x2061;</mo><mi>x</mi></math>", "p ${sin x}\n"},
      {"<math><msqrt><mn>2</mn><mi>x</mi></msqrt></math>", "p ${sqrt(2x)}\n"},
      {"<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>", "p ${x_i^2}\n"},
      {"<math alttext='a_1'><msub><mi>a</mi><mn>1</mn></msub></math>", "p ${a_1}\n"},
      {"<math><semantics><mi>E</mi><annotation encoding='application/x-tex'>E</annotation>"
       "</semantics></math>",
       "p ${E}\n"},
      {"<math display=block><mi>x</mi></math>", "formula x\n"},
      {"<span class=katex><span class=katex-mathml><math><semantics><mi>y</mi><annotation "
       "encoding='application/x-tex'>y_0</annotation></semantics></math></span><span "
       "class=katex-html aria-hidden=true>y0</span></span>",
       "p ${y_0}\n"},
      {"<span class=katex><span class=katex-html aria-hidden=true>y0</span></span>", "p y0\n"},
      {"a<script type='math/tex'>b^2</script><span class=MathJax>b2</span>", "p a${b^2}\n"},
      {"<span class='math notranslate'>\\(a^2\\)</span>", "p ${a^2}\n"},
      {"<div class=math>\\[b\\]</div>", "formula b\n"},
      {"<span style='display:none'><math><mi>q</mi></math></span><img "
       "class=mwe-math-fallback-image-inline alt='{\\displaystyle q^2}'>",
       "p ${q^2}\n"},
  })));
}

TEST_CASE("A page's ruby is its base and then its reading") {
  check_page(GENERATE(values<page_row>({
      {"<ruby>水車<rp>(</rp><rt>すいしゃ</rt><rp>)</rp></ruby>は", "p 水車(すいしゃ)は\n"},
      {"<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", "p 漢(かん)字(じ)\n"},
      {"<ruby>漢<rt></rt></ruby>", "p 漢\n"},
  })));
}

TEST_CASE("A page's images are their alternative texts") {
  check_page(GENERATE(values<page_row>({
      {"x <img src=a alt='the  alt'> y <img src=b>", "p x ![the alt] y\n"},
      {"<p><img alt='A pump'></p>", "image A pump\n"},
      {"<img alt=IMG_2033.JPG>a<img alt=''><img alt=logo>", "p a\n"},
      {"ok <img class=emoji alt='👍'>", "p ok 👍\n"},
      {"<figure><img alt='A pump'><figcaption>The pump of 1900</figcaption></figure>",
       "image A pump\np The pump of 1900\n"},
      {"<figure><img alt='A pump'><figcaption>A pump</figcaption></figure>", "p A pump\n"},
      {"<svg role=img aria-label=Chart><text>x</text></svg>", "image Chart\n"},
  })));
}

TEST_CASE("A page's title is the heading of a page that has none, and told apart from the text") {
  check_page({"<title>The page</title><p>x", "h1 The page\np x\n"});
  check_page({"<title>The page</title><h2>y</h2>", "h2 y\n"});
  const auto read = document_of_page(
      "<html lang=de-CH><head><title> The\n page </title><meta name=author content='Anna Muster'>"
      "<meta property=article:published_time content=2026-03-02><meta name=description "
      "content='On pumps'></head><p>x");
  CHECK(read.about.title == "The page");
  CHECK(read.about.author == "Anna Muster");
  CHECK(read.about.date == "2026-03-02");
  CHECK(read.about.language == "de-CH");
  REQUIRE(read.about.others.size() == 1);
  CHECK(read.about.others[0] == std::pair<std::string, std::string>{"description", "On pumps"});
}

TEST_CASE("A page's quotes and definitions hold blocks") {
  check_page(GENERATE(values<page_row>({
      {"<blockquote><p>a</p><p>b</p></blockquote>c", "quote\n  p a\n  p b\np c\n"},
      {"<blockquote>a<blockquote type=cite>b</blockquote></blockquote>",
       "quote\n  p a\n  quote\n    p b\n"},
      {"<dl><dt>a<dt>b<dd>c<dd>d<dt>e<dd><ul><li>f</ul></dl>",
       "term a\nterm b\nis\n  p c\n  p d\nterm e\nis\n  list\n  - f\n"},
      {"<dl><div><dt>a</dt><dd>b</dd></div> <div><dt>c</dt><dd>d</dd></div></dl>",
       "term a\nis\n  p b\nterm c\nis\n  p d\n"},
  })));
}

TEST_CASE("A page's blocks nest no deeper than a tree may, and what lies below is kept") {
  const auto depth_of = [](const tree::blocks& blocks, const auto& self) -> int {
    int deepest = 0;
    for (const auto& block : blocks)
      if (const auto* quote = std::get_if<tree::quote>(&block.content))
        deepest = std::max(deepest, 1 + self(quote->content, self));
    return deepest;
  };
  const auto read = document_of_page(repeated_html("<blockquote>", 200) + "deep");
  CHECK(depth_of(read.content, depth_of) < tree::max_block_depth);
  CHECK(tests::print_tree(read.content).find("p deep\n") != std::string::npos);
  CHECK(tree_of(repeated_html("<ul><li>", 200) + "deep").find("- deep\n") != std::string::npos);
}

TEST_CASE("A page's blocks know their bytes") {
  const std::string page = "<h1>One</h1>\n<p>two <b>three</b></p><ul><li>four</ul>";
  const auto read = document_of_page(page);
  REQUIRE(read.content.size() == 3);
  const auto bytes_of = [&](const tree::block& block) {
    return page.substr(static_cast<std::size_t>(block.from.begin),
                       static_cast<std::size_t>(block.from.end - block.from.begin));
  };
  CHECK(bytes_of(read.content[0]) == "<h1>One</h1>");
  CHECK(bytes_of(read.content[1]) == "two <b>three");
  CHECK(bytes_of(read.content[2]) == "<ul><li>four</ul>");
}

TEST_CASE("A page that nests too deep is refused, and no page that only looks like it") {
  for (const auto& page : {tests::deep_html(100'000, 0), tests::deep_html(max_html_depth + 1, 0)}) {
    const auto read = read_html({page, {}});
    REQUIRE(std::holds_alternative<tree::unreadable>(read));
    CHECK(std::get<tree::unreadable>(read).code == "HTML_TOO_DEEP");
  }
  CHECK(std::holds_alternative<tree::document>(
      read_html({tests::deep_html(max_html_depth - 10, 0), {}})));
  for (const char* unit :
       {"<p>", "<li>", "<br>", "<div></div>", "<tr><td><font>", "<img/>", "</div>", "<p><b>x</b>",
        "<!-- <div> -->", "<script>'<div>'</script>", "<a name=x>", "<dt>x<dd>y",
        "<div title='>'/>"
        "</div>",
        "<ul><li>a<li>b</ul>", "<option>", "< div>", "<h2>x</h2>"}) {
    CAPTURE(unit);
    CHECK_FALSE(nests_deeper_than("<table>" + repeated_html(unit, 5000), max_html_depth));
  }
  for (const char* unit : {"<div>", "<div><p>", "<b>", "<ul><li>", "<table><tr><td>", "<div/>",
                           "<div></b>", "<DIV a='>' b>", "<blockquote>x", "<x-y>", "<svg><g>"}) {
    CAPTURE(unit);
    CHECK(nests_deeper_than(repeated_html(unit, 1000), max_html_depth));
  }
}

TEST_CASE("A page of any kind makes a tree whose rows are even, without a crash") {
  const std::vector<std::string> pieces{"<p>",
                                        "</p>",
                                        "<ul>",
                                        "</ul>",
                                        "<li>",
                                        "<ol>",
                                        "</ol>",
                                        "<table>",
                                        "</table>",
                                        "<tr>",
                                        "<td>",
                                        "</td>",
                                        "<th rowspan=3>",
                                        "<td colspan=0>",
                                        "<td colspan=900>",
                                        "<pre>",
                                        "</pre>",
                                        "<code>",
                                        "</code>",
                                        "<h1>",
                                        "</h1>",
                                        "<div>",
                                        "</div>",
                                        "text ",
                                        " ",
                                        "\n",
                                        "<blockquote>",
                                        "</blockquote>",
                                        "<br>",
                                        "<b>",
                                        "</b>",
                                        "<img alt=x>",
                                        "&amp;",
                                        "&#0;",
                                        "<caption>",
                                        "<svg>",
                                        "</svg>",
                                        "<a>",
                                        "</a>",
                                        "<!--",
                                        "-->",
                                        "<header>",
                                        "</header>",
                                        "\xFF",
                                        "|",
                                        "`",
                                        "#",
                                        "<",
                                        "<math>",
                                        "<mfrac>",
                                        "</math>",
                                        "<ruby>",
                                        "<rt>",
                                        "<dl>",
                                        "<dt>",
                                        "<dd>",
                                        "<sup>",
                                        "</sup>",
                                        "<input type=checkbox>",
                                        "<button>",
                                        "<template>",
                                        "<noscript>",
                                        "<q>",
                                        "<td rowspan=0>",
                                        "<tfoot>",
                                        "<thead>",
                                        "<figure>",
                                        "<li value=-9>",
                                        "<ol reversed type=i>",
                                        "&shy;",
                                        "&nbsp;",
                                        "<span class=math>",
                                        "<div hidden>",
                                        "<div style=visibility:hidden>",
                                        "<table class=hljs-ln>"};
  std::mt19937 random{1};
  const auto check_rows = [](const tree::blocks& blocks) {
    for (const auto& block : blocks)
      if (const auto* table = std::get_if<tree::table>(&block.content))
        for (const auto& row : table->rows)
          REQUIRE(row.size() == table->rows[0].size());
  };
  for (int i = 0; i < 4000; ++i) {
    std::string page;
    for (auto k = random() % 30; k > 0; --k)
      page += pieces[random() % pieces.size()];
    CAPTURE(page);
    check_rows(document_of_page(page).content);
  }
}
